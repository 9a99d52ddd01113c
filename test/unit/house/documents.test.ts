import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorCatalogue } from '../../../src/shared/errors.ts'
import { read, root } from './files.ts'

const manifest = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const dependencies = { ...manifest.dependencies, ...manifest.devDependencies }

/** Those of the names that a document does not set in code type; all of them where there is no document. */
function missingFrom(document: string, names: string[]): string[] {
  const text = existsSync(join(root, document)) ? read(document) : ''
  return names.filter((name) => !text.includes(`\`${name}\``))
}

test('docs/operations.md has every error code', () => {
  expect(missingFrom('docs/operations.md', Object.keys(errorCatalogue))).toEqual([])
})

test('docs/dependencies.md has every dependency', () => {
  expect(missingFrom('docs/dependencies.md', Object.keys(dependencies))).toEqual([])
})

test('every dependency is pinned to one version', () => {
  const loose = Object.entries(dependencies).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  )
  expect(loose).toEqual([])
})
