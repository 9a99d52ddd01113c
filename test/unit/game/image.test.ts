import { describe, expect, test } from 'vitest'
import {
  CAPABILITIES,
  gameEnvironment,
  imageReference,
  isEulaRefusal,
  javaTag,
  memoryLimitBytes,
  resolvedVersionFromPing,
} from '../../../src/main/game/image.ts'
import { versionPattern } from '../../../src/shared/fields.ts'

test.each([
  ['LATEST', 'latest'],
  ['SNAPSHOT', 'latest'],
  ['25w14a', 'latest'],
  ['1.7.10', 'java8'],
  ['1.16.5', 'java8'],
  ['1.17', 'java16'],
  ['1.17.1', 'java16'],
  ['1.18', 'java17'],
  ['1.20', 'java17'],
  ['1.20.4', 'java17'],
  ['1.20.5', 'java21'],
  ['1.20.5-rc1', 'java21'],
  ['1.21', 'java21'],
  ['1.21.11', 'java21'],
  ['26.1', 'java25'],
  ['26.2-snapshot-1', 'java25'],
  ['27.1.2', 'java25'],
  ['3.1', 'latest'],
  ['nonsense', 'latest'],
])('javaTag of %s is %s', (version, tag) => {
  expect(javaTag(version)).toBe(tag)
})

test.each([
  ['itzg/minecraft-server', '1.20.4', 'itzg/minecraft-server:java17'],
  ['itzg/minecraft-server', 'LATEST', 'itzg/minecraft-server:latest'],
  ['itzg/minecraft-server:stable', '1.20.4', 'itzg/minecraft-server:stable'],
  ['localhost:5000/x', '1.20.4', 'localhost:5000/x:java17'],
  ['localhost:5000/x:1', '1.20.4', 'localhost:5000/x:1'],
  ['x', 'LATEST', 'x:latest'],
  [`ghcr.io/a/b@sha256:${'0'.repeat(64)}`, '26.1', `ghcr.io/a/b@sha256:${'0'.repeat(64)}`],
])('imageReference of %s for %s', (setting, version, reference) => {
  expect(imageReference(setting, version)).toBe(reference)
})

describe('gameEnvironment', () => {
  const environment = (name: string) =>
    gameEnvironment({ type: 'PAPER', version: '1.21.4', memoryMb: 2048, name, environment: '{}' })

  test('says what the image needs, and no password', () => {
    expect(environment('My world')).toEqual({
      EULA: 'TRUE',
      TYPE: 'PAPER',
      VERSION: '1.21.4',
      MEMORY: '2048M',
      MOTD: 'My world',
      ENABLE_RCON: 'true',
      RCON_PASSWORD_FILE: '/lightnode/rcon-password',
    })
  })

  test.each([
    ["Tom's & Ann's (1st) wörld", "Tom's & Ann's (1st) wörld"],
    ['日本 сервер', '日本 сервер'],
    ['§4red \\u00a7 $(id) `id` %VERSION% {"text":1}', '4red u00a7 (id) id VERSION text:1'],
    ['🎮', 'A Minecraft server'],
    ['a\nb', 'ab'],
  ])('makes %j a harmless message of the day', (name, motd) => {
    expect(environment(name).MOTD).toBe(motd)
  })
})

test('memoryLimitBytes adds the larger of 25% and 512 MB', () => {
  const mb = 1024 * 1024
  expect(memoryLimitBytes(512)).toBe(1024 * mb)
  expect(memoryLimitBytes(2048)).toBe(2560 * mb)
  expect(memoryLimitBytes(4096)).toBe(5120 * mb)
  expect(memoryLimitBytes(4097)).toBe((4097 + 1025) * mb)
})

test('isEulaRefusal knows both notices and no chat line', () => {
  expect(isEulaRefusal(['x', '[init] [ERROR] Please accept the Minecraft EULA at'])).toBe(true)
  expect(
    isEulaRefusal(['[init] 2026-01-01 00:00:00+00:00 [ERROR] Please accept the Minecraft EULA at']),
  ).toBe(true)
  const own = 'You need to agree to the EULA in order to run the server. Go to eula.txt for more info.'
  expect(isEulaRefusal([`[12:00:00] [ServerMain/INFO]: ${own}`])).toBe(true)
  expect(isEulaRefusal([`2013-01-01 12:00:00 [INFO] ${own}`])).toBe(true)
  expect(
    isEulaRefusal([
      `[12:00:00] [Server thread/INFO]: <tom> ${own}`,
      '<a> Please accept the Minecraft EULA at',
    ]),
  ).toBe(false)
  expect(isEulaRefusal([])).toBe(false)
})

test.each([
  ['1.21.4', '1.21.4'],
  ['Paper 1.21.4', '1.21.4'],
  ['Purpur 26.1', '26.1'],
  ['25w14a', '25w14a'],
  ['1.21.5 Pre-Release 2', '1.21.5-pre2'],
  ['1.21.5 Release Candidate 1', '1.21.5-rc1'],
  ['26.1 Snapshot 3', '26.1-snapshot-3'],
  ['26.1-snapshot-3', '26.1-snapshot-3'],
  ['Velocity 1.7.2-1.21.4', null],
  ['Requires MC 1.8 / 1.21', null],
  ['BungeeCord 1.8.x-1.21.x', null],
  ['', null],
])('resolvedVersionFromPing(%j) is %j', (name, version) => {
  expect(resolvedVersionFromPing(name)).toBe(version)
  if (version) expect(version).toMatch(versionPattern)
})

test('no capability is asked for twice, and none of the dangerous ones', () => {
  expect(new Set(CAPABILITIES).size).toBe(CAPABILITIES.length)
  for (const name of ['SYS_ADMIN', 'NET_ADMIN', 'NET_RAW', 'DAC_READ_SEARCH', 'MKNOD'])
    expect(CAPABILITIES).not.toContain(name)
})
