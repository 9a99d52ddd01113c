import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import { createDataService } from '../../../src/main/data/data.ts'
import { insertInstallation } from '../../../src/main/database/installation.ts'
import { makeKeyCheck } from '../../../src/main/secrets/key-check.ts'
import { input, openKit, smallRanges } from '../core/kit.ts'

export const START = Date.parse('2026-11-24T12:00:00.000Z')

/** A data folder that goes with the test. */
export function makeFolder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'lightnode-data-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

interface DataKitOptions {
  dataDir?: string
  key?: Buffer
  installationId?: string
  quiet?: () => Promise<void>
}

/** The data service on a database in a file, and the core's port keeping to fill it with. */
export function openDataKit(options: DataKitOptions = {}) {
  const dataDir = options.dataDir ?? makeFolder()
  const key = options.key ?? randomBytes(32)
  const file = join(dataDir, 'lightnode.db')
  const kit = openKit({ file, key, ranges: smallRanges(10) })
  const { database, events, activity, clock, now } = kit
  clock.at = START
  const id = options.installationId ?? 'this-installation'
  insertInstallation(database, { id, keyCheck: makeKeyCheck(key) }, START)
  const calls: string[] = []
  const data = createDataService({
    ...{ database, dataDir, key, events, activity, now },
    logger: pino({ level: 'silent' }),
    async quiet() {
      calls.push('quiet')
      await options.quiet?.()
    },
    replaced: () => void calls.push('replaced'),
    resume: () => void calls.push('resume'),
  })
  onTestFinished(() => void database.close())
  return {
    ...{ ...kit, dataDir, file, key, data, calls },
    /** A server by this name. */
    add: (name: string) => kit.provision(input({ name, version: '1.20.4' })),
    /** Lets time go on, so that every copy has a name of its own. */
    tick: () => {
      clock.at += 1000
    },
  }
}

export type DataKit = ReturnType<typeof openDataKit>
