import { newKnown, type Operation } from './asking.ts'

/** Servers from a table: all of them come, or none. */
const importTable: Operation = {
  ...{ name: 'import', needs: null, makes: 2 },
  async ask({ call, memory, fresh }) {
    const names = [`Crash ${fresh()}`, `Crash ${fresh()}`]
    const pool = await call<{ ports: { port: number; state: string }[] }>('ports.list', {})
    // The far end of the pool: what is created takes from its beginning.
    const ports = pool.ports.flatMap(({ port, state }) => (state === 'free' ? [port] : [])).slice(-2)
    const rows = names.map(
      (name, index) => `${name},${ports[index]},,Imported${fresh().padStart(8, '0')},0.5`,
    )
    const text = ['name,port,ipAddress,rconPassword,memory', ...rows].join('\n')
    for (const name of names) memory.unanswered.add(name)
    memory.together.push(names)
    const servers = await call<{ id: string; name: string }[]>('imports.apply', {
      source: { kind: 'csv', text },
    })
    for (const { id, name } of servers) {
      const { rconPassword, panel } = await call<{ rconPassword: string; panel: { password: string } }>(
        'servers.credentials',
        { id },
      )
      const known = newKnown(id, name, rconPassword, panel.password)
      known.places = new Set(['stopped'])
      known.eula = false
      memory.servers.set(id, known)
      memory.unanswered.delete(name)
    }
  },
}

/** Back to a copy that was made a moment ago: nothing may be different after it. */
const restoreDatabase: Operation = {
  ...{ name: 'restore database', needs: null, alone: true },
  async ask({ call }) {
    const { name } = await call<{ name: string }>('data.backUp')
    await call('data.restore', { name })
    await call('data.confirm')
  },
}

export const dataOperations: readonly Operation[] = [importTable, restoreDatabase]
