import { createFound } from '../../../src/main/adoption/found.ts'
import { createImports } from '../../../src/main/adoption/imports.ts'
import { findPool } from '../../../src/main/database/hosts.ts'
import type { ContainerSpec } from '../../../src/main/engine/types.ts'
import { DATA_DIR, GAME_PORT, RCON_PORT } from '../../../src/main/game/image.ts'
import { LOCAL } from '../core/kit.ts'
import { installationId } from '../core/launch-kit.ts'
import { openReconcileKit } from '../core/reconcile-kit.ts'

/** The game's image by another name: it is told by its contract. */
const gameImage = 'somebody/game:2'

export interface ByHand {
  name?: string
  image?: string
  env?: Record<string, string>
  labels?: Record<string, string>
  mount?: Partial<ContainerSpec['mount']>
  /** The host's; null: not published. */
  port?: number | null
  rconPort?: number | null
  rconIp?: string
  memoryBytes?: number
  running?: boolean
  /** What the game takes; RCON_PASSWORD when left out. */
  password?: string
  files?: Record<string, string | Buffer>
}

/** The core with containers that somebody else makes. */
export function openAdoptionKit(options: Parameters<typeof openReconcileKit>[0] = {}) {
  const kit = openReconcileKit(options)
  const { database, binding, launcher, tasks, observer, views, credentials, allocator, pool, activity } = kit
  const { events, engine } = kit
  const found = createFound({
    ...{ database, installationId, binding, launcher, tasks, observer, views, credentials, allocator, pool },
    ...{ activity, events, now: Date.now, image: () => 'game:1' },
  })
  const imports = createImports({
    ...{ database, dataDir: '/nowhere', key: Buffer.alloc(32), binding, pool, found, views, credentials },
    ...{ activity, events, now: Date.now },
  })
  engine.images.add(gameImage)
  const { first } = findPool(database, LOCAL, 'game')
  let outside = 10_000
  /** A port outside every pool that no other test has. */
  const spare = () => first + outside++

  /** As `docker run` does it. @returns its id */
  async function byHand(wanted: ByHand = {}): Promise<string> {
    const { name = 'mc', port, rconPort = null, rconIp = '127.0.0.1', running = true } = wanted
    const bindings = [
      { containerPort: GAME_PORT, protocol: 'tcp' as const, hostIp: '', hostPort: port ?? spare() },
      { containerPort: RCON_PORT, protocol: 'tcp' as const, hostIp: rconIp, hostPort: rconPort ?? 0 },
    ]
    const env: Record<string, string> = {
      EULA: 'TRUE',
      TYPE: 'VANILLA',
      VERSION: '1.20.4',
      MEMORY: '1G',
      ...wanted.env,
    }
    const mount = { type: 'volume' as const, source: `${name}-data`, target: DATA_DIR, ...wanted.mount }
    const { id } = await engine.createContainer({
      ...{ name, env, mount, image: wanted.image ?? gameImage, labels: wanted.labels ?? {} },
      ports: bindings.filter(({ containerPort }) =>
        containerPort === GAME_PORT ? port !== null : rconPort !== null,
      ),
      ...{ memoryBytes: wanted.memoryBytes ?? 0, pidsLimit: 0, capabilities: [], stopTimeoutSeconds: 60 },
    })
    const container = engine.containers.get(name)
    if (!container) throw new Error('it was not made')
    container.password = wanted.password ?? env.RCON_PASSWORD ?? ''
    for (const [path, content] of Object.entries(wanted.files ?? { 'server.properties': 'motd=x\n' }))
      engine.files(mount.source).set(path, Buffer.from(content))
    if (running) await engine.startContainer(id)
    engine.calls.length = 0
    return id
  }

  return {
    ...{ ...kit, found, imports, byHand },
    ...{ spare, first },
    rconPassword: (id: string) => kit.servers.credentials(id, 'test').rconPassword,
  }
}

export type AdoptionKit = ReturnType<typeof openAdoptionKit>
