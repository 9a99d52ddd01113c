import { describe, expect, test } from 'vitest'
import { errorCatalogue } from '../../../src/shared/errors.ts'
import { read } from './files.ts'

const { dependencies, devDependencies } = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

describe('docs/operations.md', () => {
  test.each(Object.keys(errorCatalogue))('has a line for %s', (code) => {
    const line = read('docs/operations.md')
      .split('\n')
      .find((text) => text.includes(`\`${code}\``) || text.startsWith(`### ${code}`))
    expect(line).toBeDefined()
  })
})

describe('docs/dependencies.md', () => {
  test.each(Object.keys({ ...dependencies, ...devDependencies }))('has a line for %s', (name) => {
    expect(read('docs/dependencies.md')).toContain(`\`${name}\``)
  })
})

test('every dependency is pinned to one version', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  )
  expect(loose).toEqual([])
})
