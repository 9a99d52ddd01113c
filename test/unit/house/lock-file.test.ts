import { describe, expect, test } from 'vitest'
import { read } from './files.ts'

interface LockedPackage {
  version: string
  integrity?: string
  optionalDependencies?: Record<string, string>
}

const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> }
const PLATFORM = /[-/](darwin|win32|linux)-(x64|arm64)(-|$)/

/** Packages whose native parts are packages of their own, one for each platform. */
const families = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) => {
  const parts = Object.keys(optionalDependencies).filter((name) => PLATFORM.test(name))
  return parts.length > 0 ? [{ path, parts, optionalDependencies }] : []
})

describe('the lock file has the native parts of every platform', () => {
  test('and the search for them finds some', () => {
    const names = families.map(({ path }) => path)
    expect(names).toEqual(expect.arrayContaining(['node_modules/@biomejs/biome', 'node_modules/rolldown']))
  })

  test.each(families)('$path', ({ parts, path, optionalDependencies }) => {
    for (const platform of ['darwin-arm64', 'win32-x64', 'linux-x64', 'linux-arm64']) {
      expect(
        parts.some((name) => name.includes(platform)),
        `${path} for ${platform}`,
      ).toBe(true)
    }
    for (const name of parts) {
      const locked = packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`]
      expect(locked?.version, name).toBe(optionalDependencies[name])
      expect(locked?.integrity, name).toMatch(/^sha512-/)
    }
  })
})
