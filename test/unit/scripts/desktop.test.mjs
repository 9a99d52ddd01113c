import { describe, expect, test } from 'vitest'
import { whyElectronCannotRun, whyNoWindow } from '../../../scripts/lib/desktop.mjs'
import { chooseElectron } from '../../../scripts/lib/launch.mjs'
import { Failure } from '../../../scripts/lib/say.mjs'

/** A Linux desktop on which everything works, but for what is said otherwise. */
const machine = (other = {}) => ({
  platform: 'linux',
  env: { DISPLAY: ':0' },
  uid: () => 1000,
  read: () => undefined,
  stat: () => undefined,
  reaches: async () => true,
  tries: async () => ({ started: true, ok: true, output: '' }),
  ...other,
})
const sysctl = (name, value) => ({ read: (file) => (file === `/proc/sys/${name}` ? value : undefined) })

describe('a window', () => {
  test('can be shown by an ordinary user with a display', async () => {
    expect(await whyNoWindow(machine())).toBeUndefined()
  })

  test('cannot be shown to root', async () => {
    expect(await whyNoWindow(machine({ uid: () => 0 }))).toContain('root')
  })

  test('needs a display that is named', async () => {
    expect(await whyNoWindow(machine({ env: {} }))).toContain('no display')
  })

  test('needs a display that answers', async () => {
    expect(await whyNoWindow(machine({ reaches: async () => false }))).toContain(':0 does not answer')
  })

  test.each([
    [{ DISPLAY: ':7.0' }, { path: '/tmp/.X11-unix/X7' }],
    [{ DISPLAY: 'unix:3' }, { path: '/tmp/.X11-unix/X3' }],
    [{ DISPLAY: 'localhost:10.0' }, { host: 'localhost', port: 6010 }],
    [{ WAYLAND_DISPLAY: 'wayland-0', XDG_RUNTIME_DIR: '/run/user/5' }, { path: '/run/user/5/wayland-0' }],
    [{ WAYLAND_DISPLAY: '/abs/w' }, { path: '/abs/w' }],
  ])('asks %j at its own place', async (env, place) => {
    const asked = []
    const reaches = async (where) => asked.push(where) > 0
    expect(await whyNoWindow(machine({ env, reaches }))).toBeUndefined()
    expect(asked).toEqual([place])
  })

  test('a Wayland display makes up for an X display that is gone', async () => {
    const env = { DISPLAY: ':9', WAYLAND_DISPLAY: '/w' }
    expect(await whyNoWindow(machine({ env, reaches: async ({ path }) => path === '/w' }))).toBeUndefined()
  })

  test('macOS and Windows always have one', async () => {
    expect(await whyNoWindow(machine({ platform: 'darwin', env: {}, uid: () => 0 }))).toBeUndefined()
  })
})

describe("Electron's sandbox", () => {
  const why = (other) => whyElectronCannotRun('/e/electron', machine(other))

  test('starts where user namespaces are free', async () => {
    expect(await why()).toBeUndefined()
  })

  test.each([
    ['kernel/unprivileged_userns_clone', '0'],
    ['user/max_user_namespaces', '0'],
    ['kernel/apparmor_restrict_unprivileged_userns', '1'],
  ])('cannot start where %s is %s', async (name, value) => {
    expect(await why(sysctl(name, value))).toContain(name.replace('/', '.'))
  })

  test('cannot start where making a namespace is refused', async () => {
    expect(
      await why({ tries: async (name) => ({ started: true, ok: name !== 'unshare', output: '' }) }),
    ).toContain('sandbox')
  })

  test('a system without unshare is not judged by it', async () => {
    expect(await why({ tries: async () => ({ started: false, ok: false, output: '' }) })).toBeUndefined()
  })

  test('starts by its setuid helper whatever the kernel forbids', async () => {
    const helper = { stat: (file) => file === '/e/chrome-sandbox' && { uid: 0, mode: 0o104755 } }
    expect(await why({ ...sysctl('kernel/unprivileged_userns_clone', '0'), ...helper })).toBeUndefined()
  })

  test('a helper that is not setuid root is none', async () => {
    const helper = { stat: () => ({ uid: 1000, mode: 0o104755 }) }
    expect(await why({ ...sysctl('kernel/unprivileged_userns_clone', '0'), ...helper })).toContain('sandbox')
  })

  test('libraries that are missing are named', async () => {
    const output = '\tlibnss3.so => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x1)\n'
    expect(await why({ tries: async () => ({ started: true, ok: true, output }) })).toContain('libnss3.so')
  })
})

describe('chooseElectron', () => {
  const found = async () => ({ path: '/e/electron' })

  test('opens the window where it can', async () => {
    expect(await chooseElectron({ browser: false }, {}, machine(), found)).toBe('/e/electron')
  })

  test('browser mode asks for nothing', async () => {
    const never = async () => {
      throw new Error('asked')
    }
    expect(await chooseElectron({ browser: true }, {}, machine(), never)).toBeUndefined()
  })

  test('without a display Electron is not even fetched', async () => {
    const never = async () => {
      throw new Error('asked')
    }
    expect(await chooseElectron({ browser: false }, {}, machine({ env: {} }), never)).toBeUndefined()
  })

  test('a download that failed is browser mode, a broken installer is an error', async () => {
    const missing = async () => ({ missing: 'Electron could not be downloaded' })
    expect(await chooseElectron({ browser: false }, {}, machine(), missing)).toBeUndefined()
    const broken = async () => {
      throw new Failure('broken')
    }
    await expect(chooseElectron({ browser: false }, {}, machine(), broken)).rejects.toThrow('broken')
  })
})
