import { type Asker, may, must, newKnown, type Operation } from './asking.ts'

/** A variable that has the test image exit at once: a new container made with it never comes Online. */
const FAILING = { LIGHTNODE_TEST_VARIANT: 'exit-at-start' }

interface Shown {
  status: string
  restartNeeded: boolean
  drift: { kind: string; mend: string | null }[]
}

/** A container made by hand becomes a server; nothing of it is restarted. */
const adopt: Operation = {
  ...{ name: 'adopt', needs: null, makes: 1 },
  async ask({ call, memory, fresh, outside }) {
    const name = `Crash ${fresh()}`
    const password = `ByHand${fresh().padStart(8, '0')}`
    const containerId = await outside.run(`lnt-crash-${fresh()}`, password)
    memory.unanswered.add(name)
    const { id } = await call<{ id: string }>('found.adopt', { containerId, name })
    const { rconPassword, panel } = await call<{ rconPassword: string; panel: { password: string } }>(
      'servers.credentials',
      { id },
    )
    memory.servers.set(id, { ...newKnown(id, name, rconPassword, panel.password), adopted: true })
    memory.unanswered.delete(name)
  },
}

/** What its next container is made of can't run. */
const spoil: Operation = {
  ...{ name: 'spoil adopted', needs: 'running', from: 'adopt' },
  fits: (_, { adopted }) => adopted,
  async ask({ call }, known) {
    may(known.places, 'spoilt')
    await call('servers.update', { id: known.id, environment: FAILING })
    must(known.places, 'spoilt')
  },
}

/** The new container fails, and the old one is taken back. */
const takeBack: Operation = {
  ...{ name: 'take back', needs: 'spoilt', from: 'spoil adopted' },
  async ask(asker, known) {
    const { call } = asker
    const { status } = await call<Shown>('servers.get', { id: known.id })
    if (status === 'online') await call('servers.restart', { id: known.id })
    await untilFailed(asker, known.id)
    may(known.places, 'running')
    await call('servers.mend', { id: known.id, drift: 'changed' })
    must(known.places, 'running')
  },
}

async function untilFailed({ call }: Asker, id: string): Promise<void> {
  for (;;) {
    const { status, drift } = await call<Shown>('servers.get', { id })
    if (status === 'failed' && drift.some(({ kind }) => kind === 'changed')) return
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

export const adoptedOperations: readonly Operation[] = [adopt, spoil, takeBack]
