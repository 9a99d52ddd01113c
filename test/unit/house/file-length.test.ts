import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, read, root } from './files.ts'

const LONGEST = 300

test(`no file in src, test and scripts has more than ${LONGEST} lines`, () => {
  const files = filesOf('src', 'test', 'scripts').filter(
    (path) => /\.([cm]?[jt]sx?|css|sql|html|grit)$/.test(path) && existsSync(join(root, path)),
  )
  expect(files.length).toBeGreaterThan(50)
  const long = files.map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }))
  expect(long.filter(({ lines }) => lines > LONGEST)).toEqual([])
})
