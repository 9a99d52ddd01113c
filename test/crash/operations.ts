import { type Asker, type Created, may, must, newKnown, type Operation } from './asking.ts'
import { adoptedOperations } from './operations-adopted.ts'
import { dataOperations } from './operations-data.ts'
import { worldOperations } from './operations-worlds.ts'
import type { Known, Place } from './record.ts'

async function create({ call, memory, fresh }: Asker, version: string): Promise<void> {
  const name = `Crash ${fresh()}`
  memory.unanswered.add(name)
  const input = { name, memory: 0.5, diskSpace: 1, version, acceptEula: true }
  const created = await call<Created>('servers.create', input)
  memory.unanswered.delete(name)
  memory.servers.set(created.id, newKnown(created.id, name, created.rconPassword, created.panel.password))
}

/** An operation that moves its server from one place to another. */
function moving(
  name: string,
  needs: Place,
  to: Place,
  path: string,
  input: (known: Known) => object = () => ({}),
): Operation {
  return {
    ...{ name, needs },
    async ask({ call }, known) {
      may(known.places, to)
      await call(path, { id: known.id, ...input(known) })
      must(known.places, to)
    },
  }
}

const restart: Operation = {
  ...{ name: 'restart', needs: 'running' },
  async ask({ call }, known) {
    // Cut off between its two halves it may be either.
    may(known.places, 'stopped')
    await call('servers.restart', { id: known.id })
    must(known.places, 'running')
  },
}

function rotate(name: string, needs: Place): Operation {
  return {
    ...{ name, needs },
    async ask({ call }, known) {
      known.passwords = null
      if (needs === 'running') may(known.places, 'stopped')
      await call('servers.rotatePassword', { id: known.id })
      must(known.places, needs)
      const { rconPassword } = await call<{ rconPassword: string }>('servers.credentials', { id: known.id })
      known.passwords = new Set([rconPassword])
    },
  }
}

function update(name: string, needs: Place): Operation {
  return {
    ...{ name, needs },
    async ask({ call, chance, fresh }, known) {
      const memoryMb = chance.pick([512, 640, 768])
      const newName = `Crash ${fresh()}`
      may(known.memoryMb, memoryMb)
      may(known.names, newName)
      await call('servers.update', { id: known.id, memory: memoryMb / 1024, name: newName })
      must(known.memoryMb, memoryMb)
      must(known.names, newName)
    },
  }
}

const changePort: Operation = {
  ...{ name: 'change port', needs: 'stopped' },
  fits: (_, { eula }) => eula,
  async ask({ call }, known) {
    known.ports = null
    may(known.places, 'running')
    const { port } = await call<{ port: number }>('servers.changePort', { id: known.id })
    known.ports = new Set([port])
    must(known.places, 'running')
  },
}

const purge = moving('purge', 'bin', 'gone', 'bin.purge', ({ names }) => ({ name: [...names][0] }))

const createAndCancel: Operation = {
  ...{ name: 'create and cancel', needs: null, makes: 1 },
  async ask({ call, memory, fresh }) {
    const name = `Crash ${fresh()}`
    memory.unanswered.add(name)
    const input = { name, memory: 0.5, diskSpace: 1, version: '1.20.4', acceptEula: true }
    const created = await call<Created>('servers.create', input)
    memory.unanswered.delete(name)
    const known = newKnown(created.id, name, created.rconPassword, created.panel.password)
    memory.servers.set(created.id, known)
    may(known.places, 'stopped')
    await call('servers.cancel', { id: created.id })
    // It may have been Online before that came.
    known.places = new Set(['running', 'stopped'])
  },
}

export const operations: readonly Operation[] = [
  { name: 'create', needs: null, makes: 1, ask: (asker) => create(asker, '1.20.4') },
  { name: 'create latest', needs: null, makes: 1, ask: (asker) => create(asker, 'LATEST') },
  createAndCancel,
  moving('stop', 'running', 'stopped', 'servers.stop'),
  // As the button does it that also accepts the EULA.
  moving('start', 'stopped', 'running', 'servers.retry', () => ({ acceptEula: true })),
  restart,
  rotate('rotate running', 'running'),
  rotate('rotate stopped', 'stopped'),
  update('update running', 'running'),
  update('update stopped', 'stopped'),
  changePort,
  moving('remove running', 'running', 'bin', 'servers.remove'),
  moving('remove stopped', 'stopped', 'bin', 'servers.remove'),
  { ...moving('restore', 'bin', 'running', 'bin.restore'), fits: (_, { eula }) => eula },
  purge,
  ...worldOperations,
  ...dataOperations,
  ...adoptedOperations,
]
