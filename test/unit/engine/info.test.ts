import { describe, expect, it } from 'vitest'
import { chooseApiVersion, readInfo } from '../../../src/main/engine/info.ts'

const machine = { platform: 'linux', hostname: 'box', exists: (path: string) => path === '/var/lib/docker' }
const socket = 'unix:///var/run/docker.sock'
const raw = {
  Name: 'box',
  DockerRootDir: '/data/docker',
  OperatingSystem: 'Debian GNU/Linux 12',
  Architecture: 'aarch64',
}
const same = (parts: object, endpoint = socket, where = machine) =>
  readInfo({ ...raw, ...parts }, endpoint, false, where).sameMachine

describe('what an engine says of itself', () => {
  it('is on this machine by its name or its folder', () => {
    expect(same({})).toBe(true)
    expect(same({ Name: 'other' })).toBe(false)
    expect(same({ Name: 'other', DockerRootDir: '/var/lib/docker' })).toBe(true)
  })

  it('is not on this machine behind a virtual one', () => {
    expect(same({ OperatingSystem: 'Docker Desktop' })).toBe(false)
    expect(same({}, 'unix:///home/me/.rd/docker.sock')).toBe(false)
    expect(same({}, 'tcp://127.0.0.1:2375')).toBe(false)
    expect(same({}, socket, { ...machine, platform: 'darwin' })).toBe(false)
  })

  it("tells the architecture in Node's words", () => {
    const name = (Architecture: string) =>
      readInfo({ ...raw, Architecture }, socket, false, machine).architecture
    expect([name('aarch64'), name('x86_64'), name('riscv64')]).toEqual(['arm64', 'x64', 'riscv64'])
  })

  it('stands an answer that says little, and refuses one that names no engine', () => {
    const little = readInfo({ ID: 'X' }, socket, false, machine)
    expect(little).toMatchObject({ id: 'X', memoryBytes: 0, name: '', rootDir: '' })
    expect(() => readInfo({}, socket, false, machine)).toThrow('not one of a Docker engine')
  })
})

it.each([
  [{ ApiVersion: '1.41', MinAPIVersion: '1.12' }, '1.41'],
  [{ ApiVersion: '1.47', MinAPIVersion: '1.24' }, '1.47'],
  [{ ApiVersion: '1.52', MinAPIVersion: '1.44' }, '1.47'],
  [{ ApiVersion: '1.60', MinAPIVersion: '1.50' }, '1.50'],
  [{}, undefined],
])('speaks, of %j, %s', (version, expected) => {
  expect(chooseApiVersion(version)).toBe(expected)
})
