import { expect, test } from 'vitest'
import { defaultDataDir, parseOptions } from '../../../src/main/options.ts'

const nothing = {
  browser: false,
  port: null,
  dataDir: null,
  json: false,
  demo: false,
  image: null,
  restore: null,
}

test('no options mean the defaults', () => {
  expect(parseOptions([], 'refuse')).toEqual({ kind: 'run', options: nothing })
})

test('every option, with its value after a space or an equals sign', () => {
  const options = {
    browser: true,
    port: 0,
    dataDir: '/data',
    json: true,
    demo: true,
    image: 'me/game:1',
    restore: 'copy.db',
  }
  const flags = ['--browser', '--json', '--demo']
  for (const values of [
    ['--port', '0', '--data-dir', '/data', '--image', 'me/game:1', '--restore', 'copy.db'],
    ['--port=0', '--data-dir=/data', '--image=me/game:1', '--restore=copy.db'],
  ])
    expect(parseOptions([...flags, ...values], 'refuse')).toEqual({ kind: 'run', options })
})

test('a relative data folder counts from where the command runs', () => {
  expect(parseOptions(['--data-dir', 'here'], 'refuse')).toMatchObject({
    options: { dataDir: `${process.cwd()}/here` },
  })
})

test.each([
  [['--port'], '--port needs a value'],
  [['--port', '--json'], '--port needs a value'],
  [['--port='], '--port needs a value'],
  [['--port', 'x'], '"x"'],
  [['--port', '65536'], '"65536"'],
  [['--port', '-1'], '"-1"'],
  [['--port', '1e3'], '"1e3"'],
  [['--data-dir'], '--data-dir needs a value'],
  [['--json=yes'], '--json takes no value'],
  [['--nope'], '--nope is not an option'],
  [['-x'], '-x is not an option'],
  [['here'], '"here" is not understood'],
])('%j is refused by name', (argv, text) => {
  const parsed = parseOptions(argv, 'refuse')
  expect(parsed.kind).toBe('wrong')
  expect(parsed).toMatchObject({ message: expect.stringContaining(text) })
})

test('what Electron and Chromium add does not disturb the desktop', () => {
  const argv = [
    '--no-sandbox',
    '--inspect=0',
    '--remote-debugging-port=0',
    '-r',
    '/loader.js',
    '.',
    '--ozone-platform-hint=auto',
    '--port',
    '8123',
    '--data-dir',
    '/data',
    '--enable-features=A,B',
    '--json',
    '--',
    'more',
  ]
  expect(parseOptions(argv, 'ignore')).toEqual({
    kind: 'run',
    options: { ...nothing, port: 8123, dataDir: '/data', json: true },
  })
  expect(parseOptions(['.', '--port', 'x'], 'ignore').kind).toBe('wrong')
})

test('help and version run nothing', () => {
  expect(parseOptions(['--help', '--browser'], 'refuse')).toEqual({ kind: 'print', what: 'help' })
  expect(parseOptions(['.', '--version'], 'ignore')).toEqual({ kind: 'print', what: 'version' })
})

test('the platform’s place for application data', () => {
  expect(defaultDataDir('linux', {}, '/home/me')).toBe('/home/me/.local/share/lightnode')
  expect(defaultDataDir('linux', { XDG_DATA_HOME: '/xdg' }, '/home/me')).toBe('/xdg/lightnode')
  expect(defaultDataDir('linux', { XDG_DATA_HOME: 'relative' }, '/home/me')).toBe(
    '/home/me/.local/share/lightnode',
  )
  expect(defaultDataDir('darwin', {}, '/Users/me')).toBe('/Users/me/Library/Application Support/LightNode')
  expect(defaultDataDir('win32', { LOCALAPPDATA: '/local' }, '/me')).toBe('/local/LightNode')
  expect(defaultDataDir('win32', {}, '/me')).toBe('/me/AppData/Local/LightNode')
})
