import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './files.ts'

interface Cruise {
  summary: { violations: { from: string; rule: { name: string } }[]; totalCruised: number }
}

const run = promisify(execFile)

/** Runs the real rule over a folder's `src`. */
async function cruise(folder: string): Promise<Cruise['summary']> {
  const script = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [script, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  const { stdout } = await run(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 })
  return (JSON.parse(stdout) as Cruise).summary
}

/** One wrong import for each rule: where it is planted, what it says, and the rule that has to catch it. */
const wrong: [rule: string, path: string, text: string][] = [
  [
    'shared-knows-only-zod-and-the-contract',
    'src/shared/a.ts',
    "import { z } from 'zod'\nimport { readFile } from 'node:fs'\nexport const a = [z, readFile]\n",
  ],
  [
    'shared-knows-only-zod-and-the-contract',
    'src/shared/b.ts',
    "import { t } from '../main/game/fine.ts'\nexport const b = t\n",
  ],
  [
    'core-knows-no-door-and-no-window',
    'src/main/servers/a.ts',
    "import type { d } from '../doors/door.ts'\nexport type A = typeof d\n",
  ],
  [
    'core-knows-no-door-and-no-window',
    'src/main/game/a.ts',
    "import { app } from 'electron'\nexport const a = app\n",
  ],
  [
    'core-knows-no-door-and-no-window',
    'src/main/observe/a.ts',
    "import { createServer } from 'node:http'\nexport const a = createServer\n",
  ],
  [
    'core-knows-no-door-and-no-window',
    'src/main/provisioning/a.ts',
    "import { useState } from 'react'\nexport const a = useState\n",
  ],
  [
    'only-engine-knows-dockerode',
    'src/main/provisioning/b.ts',
    "import type Docker from 'dockerode'\nexport type B = Docker\n",
  ],
  [
    'only-database-knows-better-sqlite3',
    'src/main/secrets/a.ts',
    "import Database from 'better-sqlite3'\nexport const a = Database\n",
  ],
  [
    'only-desktop-knows-electron',
    'src/main/doors/a.ts',
    "import { MessagePortMain } from 'electron'\nexport const a = MessagePortMain\n",
  ],
  ['renderer-knows-shared-and-itself', 'src/renderer/a.tsx', "export { t } from '../main/game/fine.ts'\n"],
  ['renderer-sees-no-node', 'src/renderer/b.ts', "import { join } from 'node:path'\nexport const b = join\n"],
  [
    'preload-only-forwards',
    'src/preload/a.ts',
    "import { t } from '../main/game/fine.ts'\nexport const a = t\n",
  ],
  [
    'main-never-knows-the-interface',
    'src/main/doors/b.ts',
    "import { createStore } from 'zustand'\nexport const b = createStore\n",
  ],
  [
    'only-entries-know-the-app',
    'src/main/doors/c.ts',
    "import { app } from '../app.ts'\nexport const c = app\n",
  ],
  [
    'lower-rooms-know-no-higher-ones',
    'src/main/engine/a.ts',
    "import { t } from '../game/fine.ts'\nexport const a = t\n",
  ],
  ['no-circular', 'src/main/servers/x.ts', "import { y } from './y.ts'\nexport const x = (): unknown => y\n"],
  ['resolvable', 'src/main/servers/z.ts', "import { gone } from './gone.ts'\nexport const z = gone\n"],
]

const right: [path: string, text: string][] = [
  ['src/main/app.ts', 'export const app = 1\n'],
  ['src/main/game/fine.ts', "import { connect } from 'node:net'\nexport const t = connect\n"],
  ['src/main/doors/door.ts', "import { createServer } from 'node:http'\nexport const d = createServer\n"],
  ['src/main/engine/docker.ts', "import Docker from 'dockerode'\nexport const docker = Docker\n"],
  ['src/main/database/open.ts', "import Database from 'better-sqlite3'\nexport const open = Database\n"],
  [
    'src/main/desktop/window.ts',
    "import { BrowserWindow } from 'electron'\nexport const w = BrowserWindow\n",
  ],
  ['src/main/servers/y.ts', "import { x } from './x.ts'\nexport const y = (): unknown => x\n"],
]

describe('the import rule', () => {
  let folder: string
  let found: Cruise['summary']

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lightnode-rule-'))
    cpSync(join(root, '.dependency-cruiser.cjs'), join(folder, '.dependency-cruiser.cjs'))
    cpSync(join(root, 'package.json'), join(folder, 'package.json'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    for (const [path, text] of [...right, ...wrong.map(([, ...file]) => file)]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    found = await cruise(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(wrong)('%s catches %s', (rule, path) => {
    const names = found.violations.filter(({ from }) => from === path).map((violation) => violation.rule.name)
    expect(names).toContain(rule)
  })

  test.each(right.slice(0, -1))('%s may know what it knows', (path) => {
    expect(found.violations.filter(({ from }) => from === path)).toEqual([])
  })

  test('reads the real sources and finds nothing wrong in them', async () => {
    const real = await cruise(root)
    expect(real.totalCruised).toBeGreaterThan(50)
    expect(real.violations.map(({ from, rule }) => `${rule.name}: ${from}`)).toEqual([])
  })
})
