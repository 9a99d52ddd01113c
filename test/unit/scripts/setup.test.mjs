import { describe, expect, test } from 'vitest'
import { choosePackages, missingFrom } from '../../../scripts/lib/packages.mjs'
import { setUp } from '../../../scripts/lib/setup.mjs'

/** A machine that records what is done to it. */
function machine(other = {}) {
  const done = { said: [], installed: [], started: 0 }
  const parts = {
    platform: 'linux',
    env: {},
    isRoot: true,
    hasApt: true,
    isUbuntu: () => false,
    findEngine: async () => ({ answers: false, denied: false }),
    hasDockerd: () => done.installed.includes('docker.io'),
    hasChromium: () => false,
    missingPackages: async (lists) => lists,
    packageNames: async (lists) => ({ names: lists.map((list) => list[0]), unknown: [] }),
    installPackages: async (lists) => done.installed.push(...lists.map((list) => list[0])) > 0,
    startEngine: async () => {
      done.started += 1
      return true
    },
    say: (line) => done.said.push(line),
    ...other,
  }
  return { done, parts }
}
const run = async (purpose, other) => {
  const { done, parts } = machine(other)
  await setUp(purpose, parts)
  return done
}
const forStart = { forTests: false }
const forTests = { forTests: true }
const answering = { findEngine: async () => ({ answers: true, denied: false }) }

describe('as root on a fresh Debian', () => {
  test('start installs an engine after one line, and starts it', async () => {
    const done = await run(forStart)
    expect(done.installed).toEqual(['docker.io', 'iptables', 'ca-certificates'])
    expect(done.started).toBe(1)
    expect(done.said).toHaveLength(1)
    expect(done.said[0]).toContain('docker.io')
    expect(done.said[0]).toContain('--no-setup')
  })

  test('the tests get a display, a registry and Chromium, too', async () => {
    const { installed } = await run(forTests)
    expect(installed).toEqual(
      expect.arrayContaining(['docker.io', 'xvfb', 'xauth', 'docker-registry', 'chromium']),
    )
  })

  test('no engine is installed or started where one answers', async () => {
    expect(await run(forStart, answering)).toEqual({ said: [], installed: [], started: 0 })
  })

  test.each([['DOCKER_HOST'], ['the docker context far']])(
    'nor where %s names one, even if it is silent',
    async (named) => {
      const done = await run(forStart, { findEngine: async () => ({ answers: false, denied: false, named }) })
      expect(done).toEqual({ said: [], installed: [], started: 0 })
    },
  )

  test('an engine that is installed and rests is started, not installed again', async () => {
    const done = await run(forStart, { hasDockerd: () => true })
    expect(done.installed).toEqual([])
    expect(done.started).toBe(1)
  })

  test('an engine that the installation itself started is left alone', async () => {
    let asked = 0
    const findEngine = async () => ({ answers: asked++ > 0, denied: false })
    expect((await run(forStart, { findEngine })).started).toBe(0)
  })

  test('a failed installation starts nothing', async () => {
    expect((await run(forStart, { installPackages: async () => false })).started).toBe(0)
  })

  test("Ubuntu's chromium package is left alone: it only leads to a snap", async () => {
    expect((await run(forTests, { isUbuntu: () => true })).installed).not.toContain('chromium')
  })
})

describe('as an ordinary user', () => {
  const user = { isRoot: false }

  test('nothing is installed; one command is told that installs the rest', async () => {
    const done = await run(forTests, user)
    expect(done.installed).toEqual([])
    expect(done.started).toBe(0)
    expect(done.said).toHaveLength(1)
    expect(done.said[0]).toMatch(/sudo apt-get update && sudo apt-get install .*docker\.io.*xvfb/)
  })

  test('on a desktop that includes what the window needs', async () => {
    const done = await run(forStart, { ...user, ...answering, env: { DISPLAY: ':0' } })
    expect(done.said[0]).toContain('libnss3')
  })

  test('with everything there, nothing is said', async () => {
    expect((await run(forTests, { ...user, ...answering, missingPackages: async () => [] })).said).toEqual([])
  })

  test('an engine that refuses this user is not to be installed again', async () => {
    const findEngine = async () => ({ answers: false, denied: true })
    const missingPackages = async (lists) => lists
    expect((await run(forStart, { ...user, findEngine, missingPackages })).said).toEqual([])
  })
})

test('elsewhere than on Linux nothing is touched', async () => {
  expect(await run(forTests, { platform: 'darwin' })).toEqual({ said: [], installed: [], started: 0 })
})

test('without apt-get the way to an engine is told', async () => {
  const done = await run(forStart, { hasApt: false })
  expect(done.installed).toEqual([])
  expect(done.said[0]).toContain('https://docs.docker.com')
})

describe('packages', () => {
  test('one installed alternative is enough; a removed one is none', () => {
    const listing = 'libgtk-3-0 installed\nxvfb config-files\nlibnss3 not-installed\n'
    expect(missingFrom([['libgtk-3-0t64', 'libgtk-3-0'], ['xvfb'], ['libnss3']], listing)).toEqual([
      ['xvfb'],
      ['libnss3'],
    ])
  })

  test('the name that this release offers is chosen; what it lacks is told', () => {
    const policy = [
      'libasound2t64:',
      '  Installed: (none)',
      '  Candidate: 1.2.11',
      'libasound2:',
      '  Installed: (none)',
      '  Candidate: (none)',
    ].join('\n')
    expect(choosePackages([['libasound2t64', 'libasound2'], ['docker-registry']], policy)).toEqual({
      names: ['libasound2t64'],
      unknown: ['docker-registry'],
    })
  })
})
