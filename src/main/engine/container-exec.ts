import type { EngineClient } from './client.ts'
import { containerPath } from './containers.ts'
import { noEngineAnswer } from './errors.ts'
import { framesOf } from './frames.ts'
import { limited } from './limit.ts'
import { pause } from './pause.ts'

/** Bytes of a command's output that are kept. */
const outputLimit = 64 * 1024
/** The same in the engine's framing: at the worst, each byte has a header of 8. */
const framedLimit = 9 * outputLimit
/** Milliseconds between two questions whether it has ended. */
const askInterval = 50

/**
 * Runs a command in a running container, without terminal and input.
 *
 * @param limitMs milliseconds for all of it; the command itself goes on after that, no engine can end it
 * @returns the exit code (126, 127: it could not be run), and both streams as they came, the first 64 kB
 * @throws EngineError `timeout`, `not-found`, `rejected` for a container that does not run
 */
export async function exec(
  client: EngineClient,
  id: string,
  command: readonly string[],
  limitMs: number,
): Promise<{ exitCode: number; output: string }> {
  return limited('run a command', limitMs, async (signal) => {
    const body = { AttachStdout: true, AttachStderr: true, Tty: false, Cmd: command }
    const request = { method: 'POST', path: `${containerPath(id)}/exec`, body } as const
    const made = await client.json<{ Id: string }>(request, signal)
    if (typeof made?.Id !== 'string') throw noEngineAnswer()
    const path = `/exec/${encodeURIComponent(made.Id)}`
    const start = { method: 'POST', path: `${path}/start`, body: { Detach: false, Tty: false } } as const
    const output = await outputOf(await client.stream(start, signal))
    return { exitCode: await exitCodeOf(client, path, signal), output }
  })
}

/** Read to its end, also past what is kept: a command that can't write would never end. */
async function outputOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let kept = 0
  for await (const chunk of stream) {
    if (kept >= framedLimit) continue
    chunks.push(chunk.subarray(0, framedLimit - kept))
    kept += chunk.length
  }
  const pieces = [...framesOf(Buffer.concat(chunks))].map(({ piece }) => piece)
  return Buffer.concat(pieces).subarray(0, outputLimit).toString('utf8')
}

/** The engine knows the code a moment after the output's end. */
async function exitCodeOf(client: EngineClient, path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    const request = { method: 'GET', path: `${path}/json` } as const
    const state = await client.json<{ Running: boolean; ExitCode: number | null }>(request, signal)
    if (state?.Running === false && typeof state.ExitCode === 'number') return state.ExitCode
    if (typeof state?.Running !== 'boolean') throw noEngineAnswer()
    await pause(askInterval, signal)
    signal.throwIfAborted()
  }
}
