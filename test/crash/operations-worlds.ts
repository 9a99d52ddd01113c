import { type Created, may, must, newKnown, type Operation, untilDone, VERSIONS } from './asking.ts'
import type { Known, Memory, Place } from './record.ts'

interface Backup {
  id: string
}

const newest = (memory: Memory, { id }: Known) =>
  [...memory.backups].filter(([, { serverId }]) => serverId === id).at(-1)

function backUp(name: string, needs: Place): Operation {
  return {
    ...{ name, needs },
    fits: (_, { worlds }) => worlds.size > 0,
    async ask({ call, memory }, known) {
      const [world = ''] = known.worlds
      const before = new Set(
        (await call<Backup[]>('worlds.list', { serverId: known.id })).map(({ id }) => id),
      )
      await call('worlds.backUp', { id: known.id })
      await untilDone(call, known.id)
      const list = await call<Backup[]>('worlds.list', { serverId: known.id })
      for (const { id } of list) if (!before.has(id)) memory.backups.set(id, { serverId: known.id, world })
    },
  }
}

function restoreBackup(name: string, needs: Place): Operation {
  return {
    ...{ name, needs },
    fits: (memory, known) => newest(memory, known) !== undefined,
    async ask({ call, memory }, known) {
      const [id = '', backup] = newest(memory, known) ?? []
      if (!backup) return
      may(known.worlds, backup.world)
      known.versions = new Set(VERSIONS)
      await call('worlds.restore', { id, serverId: known.id })
      await untilDone(call, known.id)
      must(known.worlds, backup.world)
    },
  }
}

const restoreAsNew: Operation = {
  ...{ name: 'restore as new', needs: 'running', makes: 1 },
  fits: (memory, known) => newest(memory, known) !== undefined,
  async ask({ call, memory, fresh }, source) {
    const [id = '', backup] = newest(memory, source) ?? []
    if (!backup) return
    const name = `Crash ${fresh()}`
    memory.unanswered.add(name)
    const created = await call<Created>('worlds.restoreAsNew', { id, name, acceptEula: true })
    memory.unanswered.delete(name)
    const known = newKnown(created.id, name, created.rconPassword, created.panel.password)
    known.memoryMb = new Set([512, 640, 768])
    known.worlds = new Set([backup.world])
    memory.servers.set(created.id, known)
  },
}

const removeBackup: Operation = {
  ...{ name: 'remove backup', needs: 'running' },
  fits: (memory, known) => newest(memory, known) !== undefined,
  async ask({ call, memory }, known) {
    const [id = ''] = newest(memory, known) ?? []
    memory.backups.delete(id)
    memory.removedBackups.add(id)
    await call('worlds.remove', { id })
  },
}

function changeVersion(name: string, needs: Place): Operation {
  return {
    ...{ name, needs },
    async ask({ call }, known) {
      const version = known.versions.has('1.20.2') ? '1.20.4' : '1.20.2'
      may(known.versions, version)
      await call('servers.update', { id: known.id, version })
      await untilDone(call, known.id)
      must(known.versions, version)
    },
  }
}

function revert(name: string, needs: Place): Operation {
  return {
    ...{ name, needs },
    fits: (_, { copies }) => copies.size > 0,
    async ask({ call, chance }, known) {
      const [volumeName, world] = chance.pick([...known.copies])
      may(known.worlds, world)
      known.versions = new Set(VERSIONS)
      // It becomes the server's own again.
      known.copies.delete(volumeName)
      await call('servers.revert', { id: known.id, volumeName })
      await untilDone(call, known.id)
      must(known.worlds, world)
    },
  }
}

const removeCopy: Operation = {
  ...{ name: 'remove copy', needs: 'running' },
  fits: (_, { copies }) => copies.size > 0,
  async ask({ call, chance }, known) {
    const [volumeName] = chance.pick([...known.copies])
    known.copies.delete(volumeName)
    await call('servers.removeCopy', { id: known.id, volumeName })
  },
}

export const worldOperations: readonly Operation[] = [
  backUp('back up running', 'running'),
  backUp('back up stopped', 'stopped'),
  restoreBackup('restore backup running', 'running'),
  restoreBackup('restore backup stopped', 'stopped'),
  restoreAsNew,
  removeBackup,
  changeVersion('change version running', 'running'),
  changeVersion('change version stopped', 'stopped'),
  revert('revert running', 'running'),
  revert('revert stopped', 'stopped'),
  removeCopy,
]
