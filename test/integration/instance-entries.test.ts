import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

const entry = fileURLToPath(new URL('../../out/main/browser.cjs', import.meta.url))
const children: ChildProcess[] = []
let folder: string
let dataDir: string

beforeAll(() => {
  if (!existsSync(entry)) throw new Error('out/main/browser.cjs is missing: run npm run build first')
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-entry-'))
  dataDir = join(folder, 'data')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** Runs the built browser mode with no engine in reach; stdin is closed from the start. */
function run(...args: string[]) {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DOCKER_HOST: 'unix:///nonexistent/lightnode-test.sock' },
  })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const firstLine = async () => {
    await expect.poll(() => output.stdout, { timeout: 10_000 }).toContain('\n')
    return output.stdout.split('\n')[0]!
  }
  return { child, output, ended, firstLine }
}

const start = async () => {
  const first = run('--json', '--port', '0', '--data-dir', dataDir)
  return { ...first, ready: JSON.parse(await first.firstLine()) as Record<string, string> }
}

test('ready is one line of JSON whose code signs in', async () => {
  const { ready, output, child } = await start()
  expect(ready).toEqual({ mode: 'browser', url: expect.any(String), dataDir, pid: child.pid })
  expect(output.stdout.trim().split('\n')).toHaveLength(1)
  const { origin, hash } = new URL(ready.url!)
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-lightnode': '1' },
    body: JSON.stringify({ code: hash.slice('#code='.length) }),
  })
  expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([
    204,
    expect.stringContaining('HttpOnly'),
  ])
})

test('without --json a sentence says where it is', async () => {
  const { firstLine } = run('--port', '0', '--data-dir', dataDir)
  expect(await firstLine()).toMatch(/^LightNode is at http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}$/)
})

test('a second one prints the address of the first with a code of its own, and ends', async () => {
  const first = await start()
  const second = run('--data-dir', dataDir)
  expect(await second.ended).toBe(0)
  const { origin, hash } = new URL(first.ready.url!)
  expect(second.output.stdout).toMatch(
    new RegExp(`^LightNode is running already at ${origin}/#code=[\\w-]{22}\\n$`),
  )
  expect(second.output.stdout).not.toContain(hash)
  const third = run('--json', '--data-dir', dataDir)
  expect(await third.ended).toBe(0)
  expect(JSON.parse(third.output.stdout)).toEqual({
    ...first.ready,
    url: expect.stringContaining(`${origin}/#code=`),
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it cleanly', async (signal) => {
  const first = await start()
  first.child.kill(signal)
  expect(await first.ended).toBe(0)
  expect(first.output.stderr).toBe('')
  // The database was closed: its write-ahead log is gone, and nobody is left to ask.
  const left = readdirSync(dataDir)
  for (const name of ['lightnode.db-wal', 'instance.sock', 'instance.token']) expect(left).not.toContain(name)
})

test.skipIf(process.platform === 'win32')('the data folder is for its owner alone', async () => {
  await start()
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
})

test('the folder opens again after a kill', async () => {
  const first = await start()
  first.child.kill('SIGKILL')
  await first.ended
  const second = await start()
  expect(second.ready.pid).toBe(second.child.pid)
})

test('a key that can’t be read is one line on standard error, and code 1', async () => {
  const first = await start()
  first.child.kill('SIGINT')
  await first.ended
  writeFileSync(join(dataDir, 'data.key'), 'broken')
  const second = run('--data-dir', dataDir)
  expect(await second.ended).toBe(1)
  expect(second.output.stdout).toBe('')
  expect(second.output.stderr).toMatch(/^KEY_UNAVAILABLE: .+\n$/)
  expect(readFileSync(join(dataDir, 'data.key'), 'utf8')).toBe('broken')
})

test('a damaged database is left as it is, and the newest good copy is offered and restored', async () => {
  const first = await start()
  const backups = join(dataDir, 'backups')
  await expect
    .poll(() => existsSync(backups) && readdirSync(backups).some((name) => name.endsWith('.db')))
    .toBe(true)
  first.child.kill('SIGINT')
  await first.ended
  const file = join(dataDir, 'lightnode.db')
  const damaged = readFileSync(file)
  damaged.fill(0x5a, 4096, 20_000)
  writeFileSync(file, damaged)

  const second = run('--data-dir', dataDir)
  expect(await second.ended).toBe(1)
  const [, copy = ''] = /^DATABASE_DAMAGED: .*--restore (\S+\.db) .*\n$/.exec(second.output.stderr) ?? []
  expect(readdirSync(backups)).toContain(copy)
  expect(readFileSync(file).equals(damaged)).toBe(true)

  const third = run('--json', '--data-dir', dataDir, '--restore', copy)
  expect(JSON.parse(await third.firstLine())).toMatchObject({ mode: 'browser' })
  const kept = readdirSync(dataDir).find((name) => /^replaced-.*\.db$/.test(name)) ?? ''
  expect(readFileSync(join(dataDir, kept)).equals(damaged)).toBe(true)
})

test('a copy that is not there, or a folder in use, is not restored: one line, and code 1', async () => {
  const first = await start()
  const second = run('--data-dir', dataDir, '--restore', 'lightnode-nothere.db')
  expect(await second.ended).toBe(1)
  expect(second.output.stderr).toMatch(/^LightNode is running on .* nothing was restored\. End it first\.\n$/)
  first.child.kill('SIGINT')
  await first.ended
  const third = run('--data-dir', dataDir, '--restore', 'lightnode-nothere.db')
  expect(await third.ended).toBe(1)
  expect(third.output.stderr).toMatch(/^INVALID_INPUT: .* holds no copy called lightnode-nothere\.db\. .+\n$/)
})

test('a port that is taken is one line, and code 1', async () => {
  const first = await start()
  const { port } = new URL(first.ready.url!)
  const second = run('--data-dir', join(folder, 'other'), '--port', port)
  expect(await second.ended).toBe(1)
  expect(second.output.stderr).toMatch(new RegExp(`^PORT_TAKEN: .*127\\.0\\.0\\.1:${port}.*--port.*\\n$`))
})

test('a data folder that can’t be is one line, and code 1', async () => {
  writeFileSync(join(folder, 'file'), '')
  const { ended, output } = run('--data-dir', join(folder, 'file', 'data'))
  expect(await ended).toBe(1)
  expect(output.stderr).toMatch(
    /^STORAGE_FAILED: The data folder .* can't be used \(ENOTDIR\)\. .*--data-dir\.\n$/,
  )
})

test('wrong options end with code 2, help and version with 0', async () => {
  const wrong = run('--port', 'x')
  expect([await wrong.ended, wrong.output.stderr]).toEqual([2, expect.stringContaining('"x"')])
  const help = run('--help')
  expect([await help.ended, help.output.stdout]).toEqual([0, expect.stringContaining('--data-dir DIR')])
  const version = run('--version')
  expect([await version.ended, version.output.stdout]).toEqual([
    0,
    expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  ])
})
