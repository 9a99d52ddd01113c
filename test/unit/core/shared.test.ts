import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contract } from '../../../src/shared/contract.ts'
import { describeHolder, describePort, formatAddress } from '../../../src/shared/describe.ts'
import {
  type ErrorCode,
  errorCatalogue,
  errorCodeSchema,
  errorDataSchema,
  invalidInput,
  LightNodeError,
} from '../../../src/shared/errors.ts'
import { serverTypes, versionPattern } from '../../../src/shared/fields.ts'
import { publicAddressSchema } from '../../../src/shared/hosts.ts'
import { createServerInputSchema, statusTexts } from '../../../src/shared/model.ts'
import { type Port, type PortHolder, portRangeSchema } from '../../../src/shared/ports.ts'
import { settingsUpdateSchema } from '../../../src/shared/settings.ts'

const codes = Object.keys(errorCatalogue) as ErrorCode[]

describe('the catalogue of errors', () => {
  test.each(codes)('%s has a status, a sentence and a remedy', (code) => {
    const { status, message, remedy } = errorCatalogue[code]
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    for (const sentence of [message, remedy]) expect(sentence).toMatch(/^[A-Z].{10,}\.$/)
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
    expect(errorCodeSchema.parse(code)).toBe(code)
  })

  test('is what every procedure of the contract may answer', () => {
    const { errorMap } = contract.servers.create['~orpc']
    expect(Object.keys(errorMap).sort()).toEqual([...codes].sort())
  })

  test('makes errors that carry it, with words of their own where there are some', () => {
    const plain = new LightNodeError('BUSY')
    expect(plain).toMatchObject({ name: 'LightNodeError', status: 409, message: errorCatalogue.BUSY.message })
    expect(errorDataSchema.parse(plain.data)).toEqual({ remedy: errorCatalogue.BUSY.remedy })
    const own = new LightNodeError('BUSY', 'Not now.', { remedy: 'Later.' }, { cause: plain })
    expect(own).toMatchObject({ message: 'Not now.', data: { remedy: 'Later.' }, cause: plain })
    expect(inspect(own)).toContain('Not now.')
  })

  test('names wrong fields', () => {
    const error = invalidInput([
      { field: 'name', message: 'Give it one.' },
      { field: 'memory', message: 'More.' },
    ])
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'name: Give it one. memory: More.',
      data: { fields: [{ field: 'name' }, { field: 'memory' }], remedy: errorCatalogue.INVALID_INPUT.remedy },
    })
    expect(invalidInput([]).message).toBe(errorCatalogue.INVALID_INPUT.message)
  })
})

describe('a holder in words', () => {
  const process = { kind: 'process', name: 'nginx', pid: 812, protocol: 'tcp', address: '127.0.0.1' } as const
  test.each<[PortHolder, string]>([
    [{ kind: 'container', name: 'web', id: 'c', running: true }, 'container web'],
    [{ kind: 'container', name: 'web', id: 'c', running: false }, 'container web (stopped)'],
    [process, 'process nginx, pid 812, on 127.0.0.1'],
    [{ ...process, protocol: 'udp', address: '::' }, 'process nginx, pid 812, on :: (UDP)'],
    [{ ...process, pid: null }, 'process nginx, on 127.0.0.1'],
    [{ ...process, name: null }, 'a process, pid 812, on 127.0.0.1'],
    [{ ...process, name: null, pid: null }, 'a process, on 127.0.0.1'],
    [{ kind: 'system', reason: 'this user may not use the port' }, 'this user may not use the port'],
  ])('%j', (holder, words) => {
    expect(describeHolder(holder)).toBe(words)
  })

  test('is part of a port’s accessible name', () => {
    const port: Port = {
      ...{ port: 25566, state: 'blocked', server: null, holder: process, since: 1, checkedAt: 1 },
    }
    expect(describePort(port)).toBe('25566, blocked: process nginx, pid 812, on 127.0.0.1')
    expect(describePort({ ...port, holder: null })).toBe('25566, blocked: unknown')
    expect(describePort({ ...port, state: 'free', holder: null })).toBe('25566, free')
    const server = { id: 'a', name: 'Skyblock', inBin: false }
    expect(describePort({ ...port, state: 'reserved', server })).toBe('25566, reserved: Skyblock')
    expect(describePort({ ...port, state: 'reserved' })).toBe('25566, reserved: a server')
  })
})

test('an address is what players type', () => {
  expect(formatAddress('192.0.2.7', 25565)).toBe('192.0.2.7:25565')
  expect(formatAddress('play.example.org', 25565)).toBe('play.example.org:25565')
  expect(formatAddress('2001:db8::7', 25565)).toBe('[2001:db8::7]:25565')
})

test('statuses are told in these words', () => {
  expect(Object.values(statusTexts)).toEqual([
    'Provisioning',
    'Waiting for Docker',
    'Starting',
    'Online',
    'Stopped',
    'Failed',
  ])
})

describe('what Create takes', () => {
  const right = { name: 'Skyblock', memory: 2, diskSpace: 10 }
  /** Field and message of each complaint. */
  const complaints = (change: object) => {
    const parsed = createServerInputSchema.safeParse({ ...right, ...change })
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => [path.join('.'), message])
  }

  test('has defaults for all but name, memory and disk', () => {
    expect(createServerInputSchema.parse(right)).toEqual({
      ...right,
      type: 'VANILLA',
      version: 'LATEST',
      acceptEula: false,
    })
  })

  test.each<[object, string, string | RegExp]>([
    [{ name: undefined }, 'name', 'Give the server a name.'],
    [{ name: 7 }, 'name', 'Give the server a name.'],
    [{ name: ' ' }, 'name', 'Give the server a name.'],
    [{ name: 'x'.repeat(51) }, 'name', 'At most 50 characters.'],
    [{ name: 'a\u0007' }, 'name', 'Printable characters only.'],
    [{ memory: undefined }, 'memory', 'Memory is a number of GB.'],
    [{ memory: '2' }, 'memory', 'Memory is a number of GB.'],
    [{ memory: Number.NaN }, 'memory', 'Memory is a number of GB.'],
    [{ memory: Number.POSITIVE_INFINITY }, 'memory', /GB\.$/],
    [{ memory: 0.4 }, 'memory', 'At least 0.5 GB.'],
    [{ memory: 1025 }, 'memory', 'At most 1024 GB.'],
    [{ diskSpace: undefined }, 'diskSpace', 'Disk space is a number of GB.'],
    [{ diskSpace: 0.5 }, 'diskSpace', 'At least 1 GB.'],
    [{ diskSpace: 1001 }, 'diskSpace', 'At most 1000 GB.'],
    [{ type: 'BEDROCK' }, 'type', `One of ${serverTypes.join(', ')}.`],
    [{ version: 'newest' }, 'version', 'LATEST, SNAPSHOT or a version such as 1.20.4.'],
    [{ version: 1.2 }, 'version', 'LATEST, SNAPSHOT or a version such as 1.20.4.'],
    [{ region: '' }, 'region', 'Choose a region.'],
    [{ region: 7 }, 'region', 'Choose a region.'],
    [{ acceptEula: 'yes' }, 'acceptEula', 'Say true to accept the Minecraft EULA.'],
  ])('%j is refused with its field and what is right', (change, field, message) => {
    const found = complaints(change)
    expect(found).toHaveLength(1)
    expect(found[0]?.[0]).toBe(field)
    expect(found[0]?.[1]).toMatch(message)
  })

  test('several wrong fields are all named', () => {
    expect(complaints({ name: '', memory: 0, diskSpace: 0, type: 'X' }).map(([field]) => field)).toEqual([
      'name',
      'memory',
      'diskSpace',
      'type',
    ])
  })

  test('a field that does not exist is refused', () => {
    expect(complaints({ port: 25565 })).toHaveLength(1)
  })

  test.each([
    'LATEST',
    'SNAPSHOT',
    '1.8',
    '1.20.4',
    '26.1',
    '26.1.2',
    '1.21.5-rc1',
    '26.1-snapshot-2',
    '25w14a',
  ])('version %s', (version) => {
    expect(version).toMatch(versionPattern)
  })

  test('no version can carry anything into a shell, a URL or an image tag', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        if (versionPattern.test(text)) expect(text).toMatch(/^[A-Za-z0-9.-]+$/)
      }),
    )
    for (const text of ['1.20.4\n', '1.20.4;ls', '../1.20', 'latest', '1', '1.20.4 ']) {
      expect(text).not.toMatch(versionPattern)
    }
  })
})

describe('settings', () => {
  test.each([
    ['192.0.2.7', true],
    ['2001:db8::7', true],
    ['play.example.org', true],
    ['my-server', true],
    ['x1.example', true],
    ['[2001:db8::7]', true],
    ['0.0.0.0', false],
    ['::', false],
    ['[example.org]', false],
    ['192.0.2.256', false],
    ['1.2.3', false],
    ['example.org:25565', false],
    ['http://example.org', false],
    ['-bad.example', false],
    ['two words', false],
    ['', false],
    [`${'a'.repeat(64)}.example`, false],
    [`${'a.'.repeat(130)}example`, false],
  ])('public address %s: %s', (text, ok) => {
    expect(publicAddressSchema.safeParse(text).success).toBe(ok)
  })

  test('a public address in brackets is kept without, and one too long is told in our words', () => {
    expect(publicAddressSchema.parse('[2001:db8::7]')).toBe('2001:db8::7')
    const { error } = publicAddressSchema.safeParse('x'.repeat(300))
    expect(error?.issues[0]?.message).toBe('An IP address or a host name, without port.')
  })

  test.each([
    [{ first: 25565, last: 25565 }, true],
    [{ first: 1024, last: 65535 }, true],
    [{ first: 1023, last: 2000 }, false],
    [{ first: 2000, last: 65536 }, false],
    [{ first: 2001, last: 2000 }, false],
    [{ first: 2000.5, last: 2001 }, false],
  ])('range %j: %s', (range, ok) => {
    expect(portRangeSchema.safeParse(range).success).toBe(ok)
  })

  test.each([
    ['itzg/minecraft-server', true],
    ['itzg/minecraft-server:java21', true],
    ['localhost:5000/lightnode/game:1', true],
    [`game@sha256:${'a'.repeat(64)}`, true],
    ['', false],
    ['Upper/case', false],
    ['game:1 --privileged', false],
    ['-game', false],
    ['http://registry.example/game', false],
    ['registry:port/game', false],
    ['game//game', false],
    ['game:', false],
    ['g'.repeat(300), false],
  ])('image %s: %s', (image, ok) => {
    expect(settingsUpdateSchema.safeParse({ image }).success).toBe(ok)
  })
})
