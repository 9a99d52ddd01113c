import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applicationArguments, parseOptions } from '../../../scripts/lib/options.mjs'

const refusal = (argv) => {
  try {
    parseOptions(argv)
  } catch (error) {
    return { line: error.message, code: error.exitCode }
  }
  return undefined
}

describe('parseOptions', () => {
  test('nothing asked is the desktop with its own choices', () => {
    expect(parseOptions([])).toEqual({
      browser: false,
      json: false,
      demo: false,
      noSetup: false,
      help: false,
    })
  })

  test('reads every option, with a space or an equals sign', () => {
    const options = parseOptions([
      '--browser',
      '--port',
      '0',
      '--data-dir=some/where',
      '--json',
      '--no-setup',
    ])
    expect(options).toMatchObject({ browser: true, json: true, noSetup: true, port: 0 })
    expect(options.dataDir).toBe(resolve('some/where'))
  })

  test.each([
    [['--no-sandbox']],
    [['--broswer']],
    [['browser']],
    [['--browser=yes']],
    [['--port']],
    [['--port', '--json']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port', '80a']],
    [['--port', '']],
    [['--port=1e3']],
    [['--data-dir']],
    [['--data-dir=']],
    [['--demo', '--data-dir', 'x']],
    [['--image', 'x']],
  ])('refuses %j in one line with exit code 2', (argv) => {
    const refused = refusal(argv)
    expect(refused?.code).toBe(2)
    expect(refused?.line).not.toContain('\n')
  })

  test('takes both ends of the port range', () => {
    expect(parseOptions(['--port', '65535']).port).toBe(65535)
    expect(parseOptions(['--port', '00']).port).toBe(0)
  })
})

describe('applicationArguments', () => {
  test("keeps the commands' own options to themselves", () => {
    const options = { ...parseOptions(['--browser', '--no-setup', '--json', '--port', '5']), dataDir: '/d' }
    expect(applicationArguments(options)).toEqual(['--data-dir', '/d', '--port', '5', '--json'])
  })

  test('a demo names its image', () => {
    expect(applicationArguments({ demo: true, dataDir: '/d', image: 'game:1' })).toEqual([
      '--data-dir',
      '/d',
      '--demo',
      '--image',
      'game:1',
    ])
  })
})
