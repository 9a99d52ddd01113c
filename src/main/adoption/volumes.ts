import { invalidInput, LightNodeError } from '../../shared/errors.ts'
import type { Server } from '../../shared/model.ts'
import { findWorldOwner, isKnownServer } from '../database/adoption.ts'
import { reservePort } from '../database/ports.ts'
import { insertServer, nameExists, updateServer } from '../database/servers.ts'
import type { Engine, VolumeSummary } from '../engine/types.ts'
import { assignServerIP } from '../provisioning/address.ts'
import { nameKey, randomId, resourceName } from '../provisioning/names.ts'
import { generatePanelCredentials } from '../provisioning/panel.ts'
import { generateSecurePassword } from '../provisioning/password.ts'
import { Secret } from '../secrets/secret.ts'
import { toLightNodeError } from '../servers/engine-error.ts'
import { LOCAL } from '../servers/hosts.ts'
import { labelsOf, serverOf } from '../servers/labels.ts'
import { findLostVolumes } from '../servers/leftovers.ts'
import type { AdoptDeps } from './adopt.ts'
import { readVolume, type WorldFacts } from './world-reader.ts'
import { DISK_GB, OWNER } from './write.ts'

const MB_PER_GB = 1024

export interface VolumeWish {
  volume: string
  name: string
  /** GB. */
  memory: number
  acceptEula: boolean
}

/** Volumes of ours that lost their record. */
export function createLostVolumes(deps: AdoptDeps) {
  const { database, binding, installationId, credentials } = deps

  async function list(engine: Engine): Promise<VolumeSummary[]> {
    return findLostVolumes(database, await engine.listVolumes(), installationId, deps.observer.isHeld)
  }

  /** @throws LightNodeError NOT_FOUND, ENGINE_* */
  async function find(name: string): Promise<{ engine: Engine; serverId: string }> {
    const engine = binding.engine()
    try {
      const volume = (await list(engine)).find((one) => one.name === name)
      const serverId = volume && serverOf(volume.labels, installationId)
      if (!serverId) throw new LightNodeError('NOT_FOUND', `There is no volume ${name} without a server.`)
      return { engine, serverId }
    } catch (error) {
      throw toLightNodeError(error)
    }
  }

  /** Whether a container has it: then that one is to be adopted, with all it knows. */
  async function refuseInUse(engine: Engine, volume: string): Promise<void> {
    for (const { id } of await engine.listContainers()) {
      const state = await engine.inspectContainer(id)
      if (state?.mounts.some(({ type, source }) => type === 'volume' && source === volume))
        throw new LightNodeError('NOT_ADOPTABLE', `The container ${state.name} has this volume: adopt that.`)
    }
  }

  async function look(engine: Engine, volume: string, serverId: string): Promise<WorldFacts> {
    try {
      await refuseInUse(engine, volume)
      const facts = await readVolume(deps, engine, volume, serverId)
      return facts ?? { type: 'VANILLA', version: null }
    } catch (error) {
      throw toLightNodeError(error)
    }
  }

  async function adopt(wish: VolumeWish, actor: string): Promise<Server> {
    deps.refuseLost?.()
    if (!wish.acceptEula)
      throw new LightNodeError('EULA_REQUIRED', undefined, {
        fields: [{ field: 'acceptEula', message: 'Accept the Minecraft EULA to go on.' }],
      })
    const { engine, serverId } = await find(wish.volume)
    const facts = await look(engine, wish.volume, serverId)
    const id = await deps.allocator.allocateServerPort({
      hostId: LOCAL,
      purposes: ['game', 'rcon'],
      commit(ports) {
        // Its labels name the server that it was made for: that is what it is removed by one day.
        const known = isKnownServer(database, serverId)
        const id = known ? randomId() : serverId
        refuseTaken(wish)
        writeServer(wish, facts, id, known)
        for (const purpose of ['game', 'rcon'] as const) {
          const port = ports[purpose]
          if (port === undefined) throw new LightNodeError('POOL_EXHAUSTED')
          reservePort(database, { hostId: LOCAL, port, purpose }, id, deps.now())
        }
        return id
      },
    })
    const server = deps.views.find(id)
    if (!server) throw new LightNodeError('NOT_FOUND')
    deps.activity({
      ...{ serverId: id, serverName: server.name, actor, action: 'server.adopted' },
      message: `${server.name} stands for the volume ${wish.volume} now, on port ${server.port}.`,
    })
    deps.events.publish({ type: 'found' })
    deps.events.publish({ type: 'ports', hostId: LOCAL })
    deps.views.publish(id)
    return server
  }

  function refuseTaken({ name, volume }: VolumeWish): void {
    if (findWorldOwner(database, volume)) throw new LightNodeError('NOT_FOUND', 'It has a server already.')
    if (!nameExists(database, OWNER, nameKey(name))) return
    const message = `Another server is called ${name}.`
    throw new LightNodeError('NAME_TAKEN', message, { fields: [{ field: 'name', message }] })
  }

  /** Of its game only the world is known: what it does not tell can be set before the first start. */
  function writeServer(
    { volume, name, memory }: VolumeWish,
    { type, version }: WorldFacts,
    id: string,
    known: boolean,
  ): void {
    const now = deps.now()
    const panel = generatePanelCredentials({ id, name })
    insertServer(database, {
      ...{ id, name, owner: OWNER, nameKey: nameKey(name), status: 'stopped', desired: 'stopped' },
      ...{ type, version: version ?? 'LATEST', resolvedVersion: version, diskGb: DISK_GB, hostId: LOCAL },
      memoryMb: Math.round(memory * MB_PER_GB),
      address: assignServerIP(database).address,
      ...{ containerName: resourceName(name, id), volumeName: volume, createdAt: now, eulaAcceptedAt: now },
      rconPassword: credentials.sealRcon(id, new Secret(generateSecurePassword())),
      panelUsername: panel.username,
      panelPassword: credentials.sealPanel(id, panel.password),
    })
    // It has a world: an empty one is never made in its place.
    updateServer(database, id, { firstOnlineAt: now, addressOpen: 1, adopted: known ? 1 : 0 })
  }

  async function remove(volume: string, confirm: string, actor: string): Promise<void> {
    const { engine, serverId } = await find(volume)
    if (confirm !== volume) throw invalidInput([{ field: 'confirm', message: `Type ${volume} to confirm.` }])
    try {
      await engine.removeVolume(volume, labelsOf(installationId, serverId))
    } catch (error) {
      throw toLightNodeError(error)
    }
    deps.activity({
      ...{ actor, action: 'volume.removed' },
      message: `The volume ${volume}, which no server stood for, was deleted with its world.`,
    })
    deps.events.publish({ type: 'found' })
  }

  return { list, adopt, remove }
}
