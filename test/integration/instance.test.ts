import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireInstanceLock } from '../../src/main/database/instance-lock.ts'
import { answerSeconds, claimDataDir } from '../../src/main/instance.ts'
import { instanceAddress } from '../../src/main/instance-address.ts'

const script = fileURLToPath(new URL('instance-owner.ts', import.meta.url))
const children: ChildProcess[] = []
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-instance-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) await end(child)
  rmSync(folder, { recursive: true })
})

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

/** Claims in a process of its own, and says what came of it. */
async function claimElsewhere(dataDir: string, delay = 0, patience = 5000) {
  const child = spawn(process.execPath, [script, dataDir, String(delay), String(patience)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let text = ''
  for await (const chunk of child.stdout!) {
    text += chunk
    if (text.includes('\n')) break
  }
  return { child, claim: JSON.parse(text) as { kind: string; answer?: { url: string; pid: number } } }
}

test('the lock holds within a process, and can be taken again when it is let go of', () => {
  const lock = acquireInstanceLock(folder)
  expect(lock).not.toBeNull()
  expect(acquireInstanceLock(folder)).toBeNull()
  lock?.release()
  const again = acquireInstanceLock(folder)
  expect(again).not.toBeNull()
  again?.release()
})

test('the lock outlives whoever forgets it', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  acquireInstanceLock(folder)
  for (let round = 0; round < 5; round++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(acquireInstanceLock(folder)).toBeNull()
})

test('a second process hears where the first is, with a fresh answer each time', async () => {
  const first = await claimElsewhere(folder)
  expect(first.claim).toEqual({ kind: 'owner' })
  for (const n of [1, 2]) {
    const second = await claimElsewhere(folder)
    expect(second.claim).toEqual({
      kind: 'second',
      answer: { mode: 'browser', url: `http://127.0.0.1:1/#code=${n}`, pid: first.child.pid },
    })
  }
})

test('of eight that start at once one owns the folder and seven hear of it', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => claimElsewhere(folder, 300, 20_000)))
  const owners = all.filter(({ claim }) => claim.kind === 'owner')
  expect(owners).toHaveLength(1)
  for (const { claim } of all.filter((one) => one !== owners[0]))
    expect(claim).toMatchObject({ kind: 'second', answer: { pid: owners[0]!.child.pid } })
})

test('a folder whose owner was killed is free at once, whatever it left behind', async () => {
  const first = await claimElsewhere(folder)
  await expect.poll(() => existsSync(join(folder, 'instance.token'))).toBe(true)
  await end(first.child)
  if (process.platform !== 'win32') expect(existsSync(join(folder, 'instance.sock'))).toBe(true)
  const started = Date.now()
  const second = await claimElsewhere(folder)
  expect(second.claim.kind).toBe('owner')
  expect(Date.now() - started).toBeLessThan(2000)
  const third = await claimElsewhere(folder)
  expect(third.claim).toMatchObject({ kind: 'second', answer: { pid: second.child.pid } })
})

test('one that is still starting is waited for', async () => {
  await claimElsewhere(folder, 1500)
  const second = await claimElsewhere(folder)
  expect(second.claim.kind).toBe('second')
})

test('one that never answers is given up after the time limit', async () => {
  await claimElsewhere(folder, -1)
  const started = Date.now()
  expect(await claimDataDir(folder, 1000)).toEqual({ kind: 'silent' })
  expect(Date.now() - started).toBeGreaterThanOrEqual(1000)
  expect(Date.now() - started).toBeLessThan(2500)
})

test('an owner that ends while it is asked is followed by the one who asked', async () => {
  const first = await claimElsewhere(folder, -1)
  const asking = claimDataDir(folder, 5000)
  setTimeout(() => first.child.kill('SIGKILL'), 400)
  const claim = await asking
  expect(claim.kind).toBe('owner')
  if (claim.kind === 'owner') claim.lock.release()
})

test('who can’t read the token hears nothing', async () => {
  const seconds = await answerSeconds(folder, () => ({ mode: 'browser', url: 'http://secret/', pid: 1 }))
  try {
    for (const line of ['', 'wrong', '{}', 'x'.repeat(10_000)]) {
      const heard = await new Promise<string>((resolve) => {
        const socket = connect(instanceAddress(folder), () => socket.write(`${line}\n`))
        let text = ''
        socket.on('data', (chunk) => {
          text += chunk
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve(text))
      })
      expect(heard).toBe('')
    }
  } finally {
    await seconds.close()
  }
  expect(existsSync(join(folder, 'instance.token'))).toBe(false)
})

test.skipIf(process.platform === 'win32')('the token is for its owner alone, and new each time', async () => {
  const tokens = new Set<string>()
  for (let n = 0; n < 2; n++) {
    const seconds = await answerSeconds(folder, () => ({ mode: 'browser', url: '', pid: 1 }))
    const file = join(folder, 'instance.token')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    tokens.add(readFileSync(file, 'utf8'))
    await seconds.close()
  }
  expect(tokens.size).toBe(2)
})

test.skipIf(process.platform === 'win32')('a path too long for a socket is no obstacle', async () => {
  const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60))
  mkdirSync(deep, { recursive: true })
  expect(Buffer.byteLength(instanceAddress(deep))).toBeLessThanOrEqual(100)
  expect(statSync(join(instanceAddress(deep), '..')).mode & 0o777).toBe(0o700)
  const first = await claimElsewhere(deep)
  const second = await claimElsewhere(deep)
  expect(second.claim).toMatchObject({ kind: 'second', answer: { pid: first.child.pid } })
  rmSync(instanceAddress(deep), { force: true })
})
