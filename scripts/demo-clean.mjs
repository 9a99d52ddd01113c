import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { chosenEngine, removeAllOf } from './lib/demo-engine.mjs'

// Runs on the pinned Node after a demo, with its data folder: removes the containers and volumes that the
// demo's own installation made, and nothing else.
const file = join(process.argv[2], 'lightnode.db')
try {
  if (existsSync(file)) {
    const database = new Database(file, { readonly: true })
    const installation = database.prepare('SELECT id FROM installation').get()
    database.close()
    if (installation) await removeAllOf(installation.id, await chosenEngine())
  }
} catch (error) {
  process.stdout.write(`${String(error?.message ?? error).split('\n')[0]}\n`)
  process.exitCode = 1
}
