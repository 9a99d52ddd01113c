import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import { createGate } from '../../../src/main/data/gate.ts'
import { procedures } from '../../../src/main/doors/gate.ts'
import { type Core, createRouter } from '../../../src/main/doors/router.ts'
import { contract } from '../../../src/shared/contract.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'

const names = Object.entries(contract).flatMap(([group, all]) =>
  Object.keys(all).map((name) => `${group}.${name}`),
)

/** A core of which every part does nothing but say that it was reached. */
function open(state: { lookOnly: boolean }) {
  const gate = createGate(() => state.lookOnly)
  const reached = (): never => {
    throw new LightNodeError('NOT_FOUND', 'reached')
  }
  const everything: object = new Proxy(reached, {
    get: (_, name) => (name === 'act' ? gate.act : name === 'then' ? undefined : everything),
  })
  const router = createRouter(everything as unknown as Core)
  const client = createRouterClient(router, {
    context: { actor: 'test', clipboard: null, saveFile: null },
  }) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>
  return {
    gate,
    /** The code that a call without a right input ends with; null when it ends well. */
    async codeOf(path: string): Promise<string | null> {
      const [group = '', name = ''] = path.split('.')
      try {
        await client[group]?.[name]?.({})
        return null
      } catch (error) {
        return (error as { code?: string }).code ?? String(error)
      }
    },
  }
}

test('every procedure of the contract is said to look or to act', () => {
  expect(Object.keys(procedures).sort()).toEqual([...names].sort())
})

test('what reads by its name looks', () => {
  const reading = names.filter((name) => /\.(list|get|info|status|state|preview|stream)$/.test(name))
  expect(reading.length).toBeGreaterThan(10)
  for (const name of reading) expect(procedures[name as keyof typeof procedures], name).toBe('looks')
})

test.each(names)(
  'while LightNode only looks, %s is refused if it acts, and answered if it looks',
  async (name) => {
    const state = { lookOnly: true }
    const { codeOf } = open(state)
    const acts = procedures[name as keyof typeof procedures] === 'acts'
    if (acts) expect(await codeOf(name)).toBe('LOOK_ONLY')
    else expect(await codeOf(name)).not.toBe('LOOK_ONLY')
    state.lookOnly = false
    expect(await codeOf(name)).not.toBe('LOOK_ONLY')
  },
)

test('while a copy comes back, what acts is refused, and what is under way is waited for', async () => {
  const gate = createGate(() => false)
  const order: string[] = []
  let finish = () => {}
  const doing = gate.act(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    order.push('what was under way')
  })
  const alone = gate.alone(
    async () => void order.push('quiet'),
    async () => {
      order.push('alone')
      await expect(gate.act(async () => {})).rejects.toMatchObject({ code: 'BUSY' })
    },
  )
  await expect(gate.act(async () => {})).rejects.toMatchObject({ code: 'BUSY' })
  await expect(
    gate.alone(
      async () => {},
      async () => {},
    ),
  ).rejects.toMatchObject({ code: 'BUSY' })
  finish()
  await Promise.all([doing, alone])
  expect(order).toEqual(['quiet', 'what was under way', 'alone'])
  await gate.act(async () => void order.push('again'))
  expect(order.at(-1)).toBe('again')
})

test('what takes too long refuses the restore, and nothing was done alone', async () => {
  const gate = createGate(() => false, 20)
  void gate.act(() => new Promise(() => {}))
  let done = false
  const alone = gate.alone(
    async () => {},
    async () => {
      done = true
    },
  )
  await expect(alone).rejects.toMatchObject({ code: 'BUSY' })
  expect(done).toBe(false)
  await gate.act(async () => {})
})
