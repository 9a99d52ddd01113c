import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { acquireInstanceLock, type InstanceLock } from './database/instance-lock.ts'
import { instanceAddress } from './instance-address.ts'
import { writePrivateFile } from './secrets/private-file.ts'

const answerSchema = z.object({
  mode: z.enum(['desktop', 'browser']),
  /** Browser: with a fresh one-time code; desktop: the address of the panel pages. */
  url: z.string(),
  pid: z.number().int(),
})

/** What the process that owns a data folder tells a second one. */
export type InstanceAnswer = z.infer<typeof answerSchema>

export type Claim =
  | { kind: 'owner'; lock: InstanceLock }
  | { kind: 'second'; answer: InstanceAnswer }
  /** Someone has the folder and says nothing. */
  | { kind: 'silent' }

/** How long the owner may take to answer, in milliseconds; it may still be starting. */
const PATIENCE = 5000
const PAUSE = 100
const LONGEST = 4096

/**
 * Becomes the one owner of a data folder, or asks the owner where it is.
 *
 * @throws Error when the folder can't be written to
 */
export async function claimDataDir(dataDir: string, patience = PATIENCE): Promise<Claim> {
  const end = Date.now() + patience
  do {
    const lock = acquireInstanceLock(dataDir)
    if (lock) return { kind: 'owner', lock }
    const answer = await ask(dataDir, end - Date.now())
    if (answer) return { kind: 'second', answer }
    await sleep(PAUSE)
  } while (Date.now() < end)
  return { kind: 'silent' }
}

/**
 * Answers second processes on a local socket. Only who can read the token file of the data folder is heard.
 *
 * @param answer called once for each of them; the desktop brings its window to the front here
 */
export async function answerSeconds(
  dataDir: string,
  answer: () => InstanceAnswer,
): Promise<{ close(): Promise<void> }> {
  const token = randomBytes(32).toString('base64url')
  const address = instanceAddress(dataDir)
  // Left behind by a process that was killed: the lock says that nobody listens there.
  if (process.platform !== 'win32') rmSync(address, { force: true })
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    void readLine(socket, PATIENCE).then((line) => {
      if (line !== null && sameText(line, token)) socket.end(`${JSON.stringify(answer())}\n`)
      else socket.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address, resolve)
  })
  await writePrivateFile(tokenFile(dataDir), token)

  return {
    close: () =>
      new Promise((resolve) => {
        rmSync(tokenFile(dataDir), { force: true })
        server.close(() => resolve())
      }),
  }
}

async function ask(dataDir: string, patience: number): Promise<InstanceAnswer | null> {
  const token = readToken(dataDir)
  if (token === null) return null
  const socket = connect(instanceAddress(dataDir))
  try {
    socket.on('error', () => socket.destroy())
    socket.write(`${token}\n`)
    const line = await readLine(socket, Math.max(patience, 1))
    return line === null ? null : (answerSchema.safeParse(parseJson(line)).data ?? null)
  } finally {
    socket.destroy()
  }
}

/** The first line that comes; null when none does in time, or it is too long. */
function readLine(socket: Socket, patience: number): Promise<string | null> {
  return new Promise((resolve) => {
    let text = ''
    const timer = setTimeout(() => resolve(null), patience)
    const settle = (line: string | null) => {
      clearTimeout(timer)
      resolve(line)
    }
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.includes('\n')) settle(text.slice(0, text.indexOf('\n')))
      else if (text.length > LONGEST) settle(null)
    })
    socket.on('close', () => settle(null))
  })
}

function tokenFile(dataDir: string): string {
  return join(dataDir, 'instance.token')
}

function readToken(dataDir: string): string | null {
  try {
    return readFileSync(tokenFile(dataDir), 'utf8')
  } catch {
    return null
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
