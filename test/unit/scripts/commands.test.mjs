import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findEngine, placeOf } from '../../../scripts/lib/engine.mjs'
import { root } from '../../../scripts/lib/paths.mjs'
import { findEndpoints } from '../../../src/main/engine/endpoints.ts'

const run = (script, ...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', script), ...args], {
    encoding: 'utf8',
    input: '',
  })
  return { status, stdout, lines: stderr.trim().split('\n') }
}

describe('a wrong command line ends at once, in one line on standard error, with exit code 2', () => {
  test.each([
    ['start.mjs', '--bogus'],
    ['start.mjs', '--port=x'],
    ['lightnode.mjs', '--bogus'],
    ['lightnode.mjs', '--demo'],
    ['test.mjs', 'e3e'],
    ['test.mjs', '--bogus'],
  ])('%s %s', (script, ...args) => {
    const { status, stdout, lines } = run(script, ...args)
    expect({ status, stdout, lines: lines.length }).toEqual({ status: 2, stdout: '', lines: 1 })
  })
})

test.each(['start.mjs', 'lightnode.mjs', 'test.mjs'])(
  '%s --help names its options on standard output',
  (script) => {
    const { status, stdout } = run(script, '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('--no-setup')
  },
)

/** Every module that a script loads, and every package that one of them names. */
function importsOf(file, seen = new Map()) {
  if (seen.has(file)) return seen
  const names = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) [^'"]*?from '([^']+)'/gms)]
  seen.set(
    file,
    names.map((match) => match[1]),
  )
  for (const name of seen.get(file)) if (name.startsWith('.')) importsOf(join(dirname(file), name), seen)
  return seen
}

test.each(['start.mjs', 'test.mjs', 'lightnode.mjs'])('%s has no dependencies', (script) => {
  const modules = importsOf(join(root, 'scripts', script))
  expect(modules.size).toBeGreaterThan(5)
  const packages = [...modules].flatMap(([file, names]) =>
    names
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .map((name) => `${relative(root, file)}: ${name}`),
  )
  expect(packages).toEqual([])
})

describe('the commands look for an engine where the application does', () => {
  test.each([
    ['linux', {}],
    ['linux', { XDG_RUNTIME_DIR: '/run/user/7', COLIMA_HOME: '/colima' }],
    ['linux', { DOCKER_HOST: 'tcp://127.0.0.1:2375' }],
    ['darwin', { TMPDIR: '/var/folders/x' }],
    ['win32', {}],
  ])('on %s with %j', async (platform, env) => {
    const machine = { platform, env, home: '/home/u', uid: 1000 }
    const asked = []
    const ping = async (where) => asked.push(where) && 'none'
    await findEngine({ ...machine, read: () => undefined, ping })
    const endpoints = await findEndpoints(machine)
    expect(asked).toEqual(endpoints.map(({ endpoint }) => placeOf(endpoint)))
  })
})
