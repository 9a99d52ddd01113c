import { implement } from '@orpc/server'
import { contract, panelContract } from '../../shared/contract.ts'
import { LightNodeError } from '../../shared/errors.ts'
import type { Activity, AppInfo, LightNodeEvent } from '../../shared/model.ts'
import type { PortPoolView, Purpose } from '../../shared/ports.ts'
import type { FoundService } from '../adoption/found.ts'
import type { Imports } from '../adoption/imports.ts'
import type { DataService } from '../data/data.ts'
import type { EventHub } from '../observe/events.ts'
import type { Bin } from '../servers/bin.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import type { Hosts } from '../servers/hosts.ts'
import type { ServerOperations } from '../servers/operations.ts'
import type { SettingsService } from '../servers/settings.ts'
import type { Worlds } from '../worlds/worlds.ts'
import type { SecretClipboard } from './clipboard.ts'
import { gate } from './gate.ts'

/** Who asks, and what the door can do for them. */
export interface DoorContext {
  /** `desktop` or `browser`. */
  actor: string
  clipboard: SecretClipboard | null
  /** Asks the user where to, and copies a file there; null where the door can't. @returns false when they gave up */
  saveFile: ((path: string, name: string) => Promise<boolean>) | null
}

export interface PanelContext {
  /** The one server that the session is for. */
  serverId: string
}

/** What the core offers to the doors. */
export interface Core {
  info: AppInfo
  servers: ServerOperations
  bin: Bin
  worlds: Worlds
  found: FoundService
  imports: Imports
  data: DataService
  hosts: Hosts
  engine: EngineBinding
  settings: SettingsService
  ports: {
    /** @throws LightNodeError NOT_FOUND for an unknown host */
    view(hostId: string, purpose: Purpose): PortPoolView
    check(hostId: string, purpose: Purpose): Promise<PortPoolView>
  }
  activity: { list(limit: number, serverId: string | null): Activity[] }
  events: EventHub
}

export type Router = ReturnType<typeof createRouter>
export type PanelRouter = ReturnType<typeof createPanelRouter>

/** The contract, answered by the core: the same for every door. */
export function createRouter(core: Core) {
  const os = implement(contract).$context<DoorContext>().use(gate(core.data))
  const { servers } = core

  return os.router({
    app: { info: os.app.info.handler(() => core.info) },
    engine: {
      status: os.engine.status.handler(() => core.engine.status()),
      rebind: os.engine.rebind.handler(() => {
        core.engine.rebind()
        return core.engine.status()
      }),
    },
    servers: {
      list: os.servers.list.handler(() => servers.list()),
      get: os.servers.get.handler(({ input }) => servers.get(input.id)),
      create: os.servers.create.handler(({ input, context }) => servers.create(input, context.actor)),
      credentials: os.servers.credentials.handler(({ input, context }) =>
        servers.credentials(input.id, context.actor),
      ),
      retry: os.servers.retry.handler(({ input, context }) =>
        servers.start(input.id, context.actor, { acceptEula: input.acceptEula }),
      ),
      start: os.servers.start.handler(({ input, context }) => servers.start(input.id, context.actor)),
      stop: os.servers.stop.handler(({ input, context }) => servers.stop(input.id, context.actor)),
      restart: os.servers.restart.handler(({ input, context }) => servers.restart(input.id, context.actor)),
      update: os.servers.update.handler(({ input: { id, ...change }, context }) =>
        servers.update(id, change, context.actor),
      ),
      rotatePassword: os.servers.rotatePassword.handler(({ input, context }) =>
        servers.rotatePassword(input.id, context.actor),
      ),
      kill: os.servers.kill.handler(({ input, context }) => servers.kill(input.id, context.actor)),
      cancel: os.servers.cancel.handler(({ input, context }) => servers.cancel(input.id, context.actor)),
      dismissTask: os.servers.dismissTask.handler(({ input }) => servers.dismissTask(input.id)),
      mend: os.servers.mend.handler(({ input, context }) =>
        servers.mend(input.id, input.drift, context.actor),
      ),
      copies: os.servers.copies.handler(({ input }) => core.worlds.copies(input.id)),
      revert: os.servers.revert.handler(({ input, context }) =>
        core.worlds.revert(input.id, input.volumeName, context.actor),
      ),
      removeCopy: os.servers.removeCopy.handler(({ input, context }) =>
        core.worlds.removeCopy(input.id, input.volumeName, context.actor),
      ),
      remove: os.servers.remove.handler(({ input, context }) => core.bin.remove(input.id, context.actor)),
      waitForPort: os.servers.waitForPort.handler(({ input, context }) =>
        servers.start(input.id, context.actor, { waitForPort: true }),
      ),
      changePort: os.servers.changePort.handler(({ input, context }) =>
        servers.changePort(input.id, context.actor, input.port),
      ),
      logs: os.servers.logs.handler(({ input }) => servers.logs(input.id, input.lines)),
      usage: os.servers.usage.handler(async ({ input }) => ({
        volumeBytes: await servers.volumeBytes(input.id),
      })),
    },
    bin: {
      list: os.bin.list.handler(() => core.bin.list()),
      restore: os.bin.restore.handler(({ input, context }) =>
        core.bin.restore(input.id, input.name, context.actor),
      ),
      purge: os.bin.purge.handler(({ input, context }) =>
        core.bin.purge(input.id, input.name, context.actor),
      ),
    },
    worlds: {
      list: os.worlds.list.handler(({ input }) => core.worlds.list(input.serverId ?? null)),
      backUp: os.worlds.backUp.handler(({ input, context }) => core.worlds.backUp(input.id, context.actor)),
      verify: os.worlds.verify.handler(({ input }) => core.worlds.verify(input.id)),
      restore: os.worlds.restore.handler(({ input, context }) =>
        core.worlds.restore(input.id, input.serverId, context.actor),
      ),
      restoreAsNew: os.worlds.restoreAsNew.handler(({ input: { id, ...input }, context }) =>
        core.worlds.restoreAsNew(id, input, context.actor),
      ),
      remove: os.worlds.remove.handler(({ input, context }) => core.worlds.remove(input.id, context.actor)),
      saveAs: os.worlds.saveAs.handler(async ({ input, context }) => {
        if (!context.saveFile) throw new LightNodeError('UNSUPPORTED_HERE')
        const { path, name } = core.worlds.file(input.id)
        return { saved: await context.saveFile(path, name) }
      }),
    },
    found: {
      list: os.found.list.handler(() => core.found.list()),
      preview: os.found.preview.handler(({ input }) => core.found.preview(input.containerId)),
      adopt: os.found.adopt.handler(({ input, context }) =>
        core.found.adopt(input.containerId, input.name, context.actor),
      ),
      adoptVolume: os.found.adoptVolume.handler(({ input, context }) =>
        core.found.adoptVolume(input, context.actor),
      ),
      removeVolume: os.found.removeVolume.handler(({ input, context }) =>
        core.found.removeVolume(input.volume, input.confirm, context.actor),
      ),
    },
    imports: {
      preview: os.imports.preview.handler(({ input }) => core.imports.preview(input.source, input.fixes)),
      apply: os.imports.apply.handler(({ input, context }) =>
        core.imports.apply(input.source, input.fixes, context.actor),
      ),
    },
    data: {
      state: os.data.state.handler(() => core.data.state()),
      backups: os.data.backups.handler(() => core.data.backups()),
      backUp: os.data.backUp.handler(() => core.data.backUp()),
      compare: os.data.compare.handler(({ input }) => core.data.compare(input.name)),
      restore: os.data.restore.handler(({ input, context }) => core.data.restore(input.name, context.actor)),
      confirm: os.data.confirm.handler(({ context }) => core.data.confirm(context.actor)),
      export: os.data.export.handler(({ input, context }) => core.data.export(input.password, context.actor)),
    },
    ports: {
      list: os.ports.list.handler(({ input }) => core.ports.view(input.hostId, input.purpose)),
      check: os.ports.check.handler(({ input }) => core.ports.check(input.hostId, input.purpose)),
    },
    regions: { list: os.regions.list.handler(() => core.hosts.regions()) },
    hosts: { update: os.hosts.update.handler(({ input }) => core.hosts.update(input)) },
    settings: {
      get: os.settings.get.handler(() => core.settings.get()),
      update: os.settings.update.handler(({ input }) => core.settings.update(input)),
    },
    activity: {
      list: os.activity.list.handler(({ input }) => core.activity.list(input.limit, input.serverId ?? null)),
    },
    clipboard: {
      write: os.clipboard.write.handler(async ({ input, context }) => {
        if (!context.clipboard) throw new LightNodeError('UNSUPPORTED_HERE')
        await context.clipboard.write(input.text, input.secret)
      }),
    },
    events: {
      stream: os.events.stream.handler(({ signal }) => eventStream(core.events, signal)),
    },
  })
}

/** Greets first: whoever hears it knows that nothing from now on is missed. */
async function* eventStream(events: EventHub, signal?: AbortSignal): AsyncGenerator<LightNodeEvent, void> {
  const ended = new AbortController()
  const subscription = events.subscribe(signal ?? ended.signal)
  yield { type: 'hello' }
  try {
    yield* subscription
  } finally {
    ended.abort()
  }
}

/** One server's own page: what its panel session may ask. */
export function createPanelRouter(core: Pick<Core, 'servers'>) {
  const os = implement(panelContract).$context<PanelContext>()
  return os.router({ server: os.server.handler(({ context }) => core.servers.get(context.serverId)) })
}
