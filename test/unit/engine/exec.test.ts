import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { exec } from '../../../src/main/engine/container-exec.ts'
import { frame, httpEngine } from './http-engine.ts'

/** An engine whose command says these pieces and ends with 7 after so many questions. */
async function running(pieces: Buffer[], questions = 1) {
  const asked: string[] = []
  const { client } = await httpEngine(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${await text(request)}`.trim())
    if (request.url?.endsWith('/exec')) response.end('{"Id":"e1"}')
    else if (request.url?.endsWith('/start')) {
      for (const piece of pieces) response.write(piece)
      response.end()
    } else {
      questions -= 1
      const over = questions <= 0
      response.end(JSON.stringify({ Running: !over, ExitCode: over ? 7 : null }))
    }
  })
  return { client, asked }
}

it('runs a command: its words in the body, both streams, its exit code', async () => {
  const euro = frame(1, '€')
  const { client, asked } = await running([
    Buffer.concat([frame(1, 'out '), frame(2, 'err ')]),
    euro.subarray(0, 3),
    euro.subarray(3, 9),
    euro.subarray(9),
  ])
  expect(await exec(client, 'a', ['rcon-cli', 'say geheim'], 5_000)).toEqual({
    exitCode: 7,
    output: 'out err €',
  })
  expect(asked).toEqual([
    'POST /v1.43/containers/a/exec {"AttachStdout":true,"AttachStderr":true,"Tty":false,"Cmd":["rcon-cli","say geheim"]}',
    'POST /v1.43/exec/e1/start {"Detach":false,"Tty":false}',
    'GET /v1.43/exec/e1/json',
  ])
})

it('waits for the exit code, which comes after the output', async () => {
  const { client, asked } = await running([], 3)
  expect(await exec(client, 'a', ['true'], 5_000)).toEqual({ exitCode: 7, output: '' })
  expect(asked).toHaveLength(5)
})

it.each([1, 1_000])('keeps the first 64 kB of pieces of %i, and reads on to the end', async (length) => {
  const pieces = Array.from({ length: 100_000 / length }, () => frame(1, 'x'.repeat(length)))
  const { client } = await running([Buffer.concat(pieces), frame(1, 'the end')])
  const { exitCode, output } = await exec(client, 'a', ['yes'], 5_000)
  expect([exitCode, output.length]).toEqual([7, 65_536])
  expect(output).toMatch(/^x+$/)
})

it('is given up after the limit', async () => {
  const { client } = await running([], 1_000)
  await expect(exec(client, 'a', ['sleep'], 200)).rejects.toMatchObject({
    kind: 'timeout',
    message: 'run a command: no answer within 0.2 s',
  })
})

it('is refused with the words of the engine', async () => {
  const { client } = await httpEngine((_, response) => {
    response.statusCode = 409
    response.end('{"message":"Container a is not running"}')
  })
  await expect(exec(client, 'a', ['x'], 5_000)).rejects.toMatchObject({
    kind: 'rejected',
    message: 'Container a is not running',
  })
})
