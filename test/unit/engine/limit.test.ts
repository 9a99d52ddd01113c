import { expect, it } from 'vitest'
import { limited } from '../../../src/main/engine/limit.ts'

it('gives up and ends the connection when the time is over', async () => {
  let signal: AbortSignal | null = null
  const call = (late: AbortSignal) => {
    signal = late
    return new Promise<never>(() => {})
  }
  await expect(limited('look', 20, call)).rejects.toMatchObject({
    kind: 'timeout',
    message: 'look: no answer within 0.02 s',
  })
  expect(signal).toMatchObject({ aborted: true })
})

it('leaves a call that is done alone', async () => {
  let signal: AbortSignal | null = null
  const outer = new AbortController()
  const answer = limited(
    'look',
    20,
    async (late) => {
      signal = late
      return 7
    },
    outer.signal,
  )
  expect(await answer).toBe(7)
  outer.abort()
  await new Promise((resolve) => setTimeout(resolve, 40))
  expect(signal).toMatchObject({ aborted: false })
})

it("gives the call's own error in our words, and does not wait when it is told before", async () => {
  const refused = async () => {
    throw Object.assign(new Error('connect EACCES'), { code: 'EACCES' })
  }
  await expect(limited('look', 1000, refused)).rejects.toMatchObject({ name: 'EngineError', kind: 'denied' })
  const never = () => new Promise<never>(() => {})
  await expect(limited('look', 60_000, never, AbortSignal.abort())).rejects.toMatchObject({ kind: 'timeout' })
})
