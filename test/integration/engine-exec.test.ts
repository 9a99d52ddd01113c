import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { connectEngine } from '../../src/main/engine/connect.ts'
import { hasEngine, removeLabelled } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { logHas, runGame } from '../support/game-image/container.ts'
import { socketPath } from './engine-kit.ts'

const available = await hasEngine()
if (!available) console.warn('skipped: commands in a game (no Docker engine)')
const label = `org.lightnode.test.engine-exec=${randomBytes(6).toString('hex')}`

describe.skipIf(!available)('the console through an exec', () => {
  afterAll(() => removeLabelled(label))

  test('the game answers to rcon-cli, whatever the length; a game that is killed is refused', async () => {
    const endpoint = `unix://${socketPath}`
    const found = await connectEngine([{ source: 'test', endpoint, explicit: true }])
    if (found.state !== 'available') throw new Error(JSON.stringify(found.tried))
    const { engine } = found
    const password = `Planted${randomBytes(6).toString('hex')}`
    const { container } = await runGame({ image: await buildGameImage(), label, password })
    await logHas(container, 'RCON running')
    const run = (...words: string[]) => engine.exec(container.id, ['rcon-cli', ...words], 20_000)

    expect(await run('list')).toEqual({
      exitCode: 0,
      output: 'There are 0 of a max of 20 players online: \n',
    })
    const { output } = await run('help')
    expect(output.length).toBeGreaterThan(4_096)
    expect(output).toMatch(/^\/command-0 .*\/command-199 \(<targets>\|<häuser>\) \[<count>\]\n$/)
    expect((await run('say', 'hello', 'there')).exitCode).toBe(0)
    await logHas(container, '[Rcon] hello there')

    await engine.killContainer(container.id)
    await expect(run('list')).rejects.toMatchObject({ kind: 'rejected' })
  })
})
