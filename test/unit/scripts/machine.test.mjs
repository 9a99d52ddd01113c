import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashOfSources } from '../../../scripts/lib/build.mjs'
import { systemChromium } from '../../../scripts/lib/chromium.mjs'
import { alone } from '../../../scripts/lib/lock.mjs'
import { findNpm, fromUsersFolder, pinnedNode, root } from '../../../scripts/lib/paths.mjs'
import { runApplication, runStep } from '../../../scripts/lib/run.mjs'

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-scripts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const put = (name, text) => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe('npm', () => {
  const exists = () => true

  test('is the one that runs us, on its own Node', () => {
    const env = { npm_execpath: '/n/npm/bin/npm-cli.js', npm_node_execpath: '/n/node', PATH: '/bin' }
    expect(findNpm(env, 'linux', exists)).toEqual({
      command: '/n/node',
      args: ['/n/npm/bin/npm-cli.js'],
      shell: false,
    })
  })

  test("is never another package manager's", () => {
    const env = { npm_execpath: '/y/yarn.js', PATH: '/bin' }
    expect(findNpm(env, 'linux', exists)).toEqual({ command: '/bin/npm', args: [], shell: false })
  })

  test('is a .cmd by the shell on Windows, and may be missing', () => {
    expect(findNpm({ PATH: '/bin' }, 'win32', exists)).toEqual({
      command: '"/bin/npm.cmd"',
      args: [],
      shell: true,
    })
    expect(findNpm({ PATH: '/bin' }, 'linux', () => false)).toBeUndefined()
  })
})

test('the pinned Node is found by file', () => {
  expect(existsSync(pinnedNode())).toBe(true)
  expect(pinnedNode('/p', 'win32')).toMatch(/node\.exe$/)
})

test('a folder is meant from where the user stands, not from where npm went', () => {
  const byNpm = { INIT_CWD: '/home/u/sub', npm_package_json: join(root, 'package.json') }
  expect(fromUsersFolder('d', byNpm, root)).toBe('/home/u/sub/d')
  expect(fromUsersFolder('d', byNpm, '/else')).toBe('/else/d')
  expect(fromUsersFolder('/abs', byNpm, root)).toBe('/abs')
})

describe('the hash of the sources', () => {
  test('follows contents and names, and nothing else', () => {
    mkdirSync(join(folder, 'src'))
    put('src/a.ts', 'one')
    const before = hashOfSources(folder, ['src', 'absent'])
    expect(hashOfSources(folder, ['src', 'absent'])).toBe(before)
    put('src/a.ts', 'two')
    const changed = hashOfSources(folder, ['src', 'absent'])
    expect(changed).not.toBe(before)
    rmSync(join(folder, 'src/a.ts'))
    put('src/b.ts', 'two')
    expect(hashOfSources(folder, ['src', 'absent'])).not.toBe(changed)
  })
})

describe('Chromium', () => {
  test('a script that leads to a snap is a stub, one that starts the program is not', () => {
    const stub = put(
      'chromium-browser',
      '#!/bin/sh\necho "requires the chromium snap to be installed" >&2\n/snap/bin/chromium "$@"\n',
    )
    const real = put('chromium', '#!/bin/sh\nexec /usr/lib/chromium/chromium "$@"\n')
    expect(systemChromium([stub])).toEqual({ stub: true })
    expect(systemChromium([stub, real])).toEqual({ path: real, stub: false })
    expect(systemChromium([join(folder, 'none')])).toEqual({ stub: false })
  })
})

describe('the lock', () => {
  test('lets one work at a time and takes over from a holder that is gone', async () => {
    const order = []
    const work = (name) => async () => {
      order.push(`${name} in`)
      await new Promise((done) => setTimeout(done, 50))
      order.push(`${name} out`)
    }
    await Promise.all([alone(work('a'), folder), alone(work('b'), folder)])
    expect(order.map((entry) => entry.slice(2))).toEqual(['in', 'out', 'in', 'out'])
  })

  test('is given back after a failure, and does without where it cannot be kept', async () => {
    const fails = async () => {
      throw new Error('no')
    }
    await expect(alone(fails, folder)).rejects.toThrow('no')
    expect(await alone(async () => 1, folder)).toBe(1)
    expect(await alone(async () => 2, put('file', ''))).toBe(2)
  })
})

describe('running', () => {
  test('a step keeps its output, answers a missing command and is held to its time', async () => {
    const spoke = await runStep(process.execPath, ['-e', 'console.log(1);console.error(2);process.exit(3)'])
    expect(spoke).toMatchObject({ code: 3, stdout: '1\n', timedOut: false })
    expect(spoke.output).toContain('2')
    expect((await runStep(join(folder, 'none'), [])).code).toBe(127)
    const slow = await runStep(process.execPath, ['-e', 'setTimeout(() => {}, 9999)'], { timeoutMs: 200 })
    expect(slow.timedOut).toBe(true)
  })

  test('a step ends although a daemon that it left holds its output', async () => {
    const script = put('leaves.sh', '#!/bin/sh\nsleep 20 &\necho done\n')
    chmodSync(script, 0o755)
    const started = Date.now()
    expect((await runStep(script, [])).stdout).toBe('done\n')
    expect(Date.now() - started).toBeLessThan(10_000)
  })

  test('the application keeps its exit code', async () => {
    expect(await runApplication(process.execPath, ['-e', 'process.exit(7)'])).toBe(7)
    expect(await runApplication(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM")'])).toBe(143)
  })
})
