import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isLookOnly } from '../../../src/main/data/look-only.ts'
import { backupFolder, backupName } from '../../../src/main/database/backup-files.ts'
import { removeLeftCopies } from '../../../src/main/database/private-copy.ts'
import { migrations } from '../../../src/main/database/schema.ts'
import { listServers, updateServer } from '../../../src/main/database/servers.ts'
import { openSessions } from '../../../src/main/database/sessions.ts'
import { getSetting, setSetting } from '../../../src/main/database/settings.ts'
import { dump, failureOf } from '../core/kit.ts'
import { openDataKit, START } from './data-kit.ts'

const folder = (kit: { dataDir: string }) => backupFolder(kit.dataDir)
/** Everything but what a restore itself writes. */
function content(database: Parameters<typeof dump>[0]) {
  const { activity, settings, sessions, ...rest } = dump(database)
  return rest
}

const attached = expect.objectContaining({ name: 'restored' })

describe('copies', () => {
  test('are made when asked, listed newest first, and told of', async () => {
    const kit = openDataKit()
    const abort = new AbortController()
    const stream = kit.events.subscribe(abort.signal)
    const first = await kit.data.backUp()
    expect((await stream.next()).value).toEqual({ type: 'data' })
    abort.abort()
    kit.tick()
    const second = await kit.data.backUp()
    expect(first).toMatchObject({ reason: 'asked', at: START })
    expect(kit.data.backups()).toEqual([second, first])
  })

  test('what a crash left of private ones goes with the next start', async () => {
    const kit = openDataKit()
    const { name } = await kit.data.backUp()
    for (const left of ['look-x1', 'lightnode-2026-11-24T12-00-00-000Z-daily.db.new'])
      writeFileSync(join(folder(kit), left), '')
    removeLeftCopies(kit.dataDir)
    expect(readdirSync(folder(kit))).toEqual([name])
  })
})

describe('a comparison', () => {
  test('says in words who would return, be forgotten and change, and changes nothing', async () => {
    const kit = openDataKit()
    const lost = await kit.add('Lost')
    const edited = await kit.add('Edited')
    const binned = await kit.add('Binned')
    await kit.add('Same')
    const { name } = await kit.data.backUp()
    kit.tick()
    kit.database.transaction(() => {
      kit.database.exec(
        `UPDATE ports SET server_id = NULL, reserved_at = NULL WHERE server_id = '${lost.id}'`,
      )
      kit.database.exec(
        `DELETE FROM run_steps WHERE run_id IN (SELECT id FROM runs WHERE server_id = '${lost.id}')`,
      )
      kit.database.exec(`DELETE FROM runs WHERE server_id = '${lost.id}'`)
      kit.database.exec(`DELETE FROM servers WHERE id = '${lost.id}'`)
    })()
    updateServer(kit.database, edited.id, { name: 'Edited twice', memoryMb: 4096, status: 'online' })
    kit.database.exec(`UPDATE servers SET deleted_at = 5 WHERE id = '${binned.id}'`)
    await kit.add('New')
    const before = [dump(kit.database), readFileSync(join(folder(kit), name))]

    expect(await kit.data.compare(name)).toEqual({
      name,
      at: START,
      returning: ['Lost'],
      forgotten: ['New'],
      changed: [
        { name: 'Binned', differences: ['It comes out of the bin.'] },
        {
          name: 'Edited twice',
          differences: [
            'Name: Edited twice becomes Edited.',
            'Memory: 4 GB becomes 1 GB.',
            'Status: online becomes provisioning.',
          ],
        },
      ],
    })
    expect([dump(kit.database), readFileSync(join(folder(kit), name))]).toEqual(before)
    expect(readdirSync(folder(kit))).toEqual([name])
  })

  test('refuses what is damaged, newer or not there', async () => {
    const kit = openDataKit()
    const { name } = await kit.data.backUp()
    const damaged = backupName('daily', START + 2)
    writeFileSync(join(folder(kit), damaged), readFileSync(join(folder(kit), name)).fill(0x5a, 4096, 9000))
    const newer = backupName('daily', START + 3)
    const bytes = readFileSync(join(folder(kit), name))
    bytes.writeUInt32BE(migrations.length + 1, 60)
    writeFileSync(join(folder(kit), newer), bytes)
    for (const work of ['compare', 'restore'] as const) {
      const codeOf = async (one: string) => (await failureOf(() => kit.data[work](one, 'test'))).code
      expect(await codeOf(damaged)).toBe('BACKUP_DAMAGED')
      expect(await codeOf(newer)).toBe('DATABASE_NEWER')
      expect(await codeOf('lightnode-nothere.db')).toBe('NOT_FOUND')
      expect(await codeOf('../lightnode.db')).toBe('NOT_FOUND')
    }
    expect(kit.calls).toEqual([])
    expect(isLookOnly(kit.database)).toBe(false)
    expect(readdirSync(folder(kit)).sort()).toEqual([name, damaged, newer].sort())
  })
})

describe('a restore in place', () => {
  test('brings every table back, keeps who is signed in, and only looks from then on', async () => {
    const kit = openDataKit()
    const kept = await kit.add('Kept')
    setSetting(kit.database, 'image', 'then:1')
    setSetting(kit.database, 'http.port', '1000')
    const { name } = await kit.data.backUp()
    const then = content(kit.database)
    kit.tick()

    const later = await kit.add('Later')
    updateServer(kit.database, kept.id, { memoryMb: 4096 })
    setSetting(kit.database, 'image', 'now:1')
    setSetting(kit.database, 'http.port', '2000')
    const sessions = openSessions(kit.database, kit.now)
    const operator = sessions.create({ kind: 'operator' })
    const stays = sessions.create({ kind: 'panel', serverId: kept.id })
    const goes = sessions.create({ kind: 'panel', serverId: later.id })
    const now = content(kit.database)
    const abort = new AbortController()
    const stream = kit.events.subscribe(abort.signal)
    kit.tick()

    const state = await kit.data.restore(name, 'desktop')
    expect(state.lookOnly).toEqual({ restoredFrom: name, at: kit.now() })
    expect(kit.data.state()).toEqual(state)
    expect(content(kit.database)).toEqual(then)
    expect(getSetting(kit.database, 'image')).toBe('then:1')
    // The page that is open came from there.
    expect(getSetting(kit.database, 'http.port')).toBe('2000')
    expect(sessions.find(operator)).toEqual({ kind: 'operator' })
    expect(sessions.find(stays)).toEqual({ kind: 'panel', serverId: kept.id })
    expect(sessions.find(goes)).toBeNull()
    expect(kit.calls).toEqual(['quiet', 'quiet', 'replaced'])
    // Whoever listened begins anew.
    expect((await stream.next()).done).toBe(true)

    // What was there before is a copy of its own, and the way back.
    const [before] = kit.data.backups()
    expect(before?.reason).toBe('before-restore')
    expect(readdirSync(folder(kit))).toHaveLength(2)
    kit.tick()
    await kit.data.restore(before!.name, 'desktop')
    expect(content(kit.database)).toEqual(now)
    expect(isLookOnly(kit.database)).toBe(true)
    expect(kit.database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(kit.database.pragma('foreign_key_check')).toEqual([])
    expect(kit.database.pragma('database_list')).not.toContainEqual(attached)
  })

  test('what acts is refused until it is confirmed; then all goes on', async () => {
    const kit = openDataKit()
    const { name } = await kit.data.backUp()
    kit.tick()
    await kit.data.act(async () => {})
    await kit.data.restore(name, 'desktop')
    expect((await failureOf(() => kit.data.act(async () => {}))).code).toBe('LOOK_ONLY')
    expect(kit.calls).toEqual(['quiet', 'quiet', 'replaced'])
    expect(await kit.data.confirm('desktop')).toEqual({ lookOnly: null })
    expect(kit.calls).toEqual(['quiet', 'quiet', 'replaced', 'resume'])
    await kit.data.act(async () => {})
    // Once more changes nothing.
    await kit.data.confirm('desktop')
    expect(kit.calls).toHaveLength(4)
    const { activity } = dump(kit.database)
    expect(activity).toMatchObject([{ action: 'data.restored' }, { action: 'data.confirmed' }])
  })

  test('of another installation, or sealed by another key, is refused, and nothing is changed', async () => {
    const kit = openDataKit()
    const strange = openDataKit()
    const other = openDataKit({ key: kit.key, installationId: 'another' })
    for (const [index, from] of [strange, other].entries()) {
      const { name } = await from.data.backUp()
      const here = backupName('daily', START + index)
      const { name: ours } = await kit.data.backUp()
      copyFileSync(join(folder(from), name), join(folder(kit), here))
      const before = dump(kit.database)
      expect(await failureOf(() => kit.data.restore(here, 'test'))).toMatchObject(
        index === 0
          ? { code: 'KEY_UNAVAILABLE', data: { remedy: expect.stringContaining('Import') } }
          : { code: 'INVALID_INPUT', data: { remedy: expect.stringContaining('--restore') } },
      )
      expect(dump(kit.database)).toEqual(before)
      expect(kit.calls).toEqual([])
      expect(ours).toBeTruthy()
    }
  })

  test('that can’t be written leaves everything as it was, and goes on', async () => {
    const kit = openDataKit()
    await kit.add('One')
    const { name } = await kit.data.backUp()
    kit.tick()
    await kit.add('Two')
    const before = dump(kit.database)
    kit.database.pragma('query_only = ON')
    const failure = await failureOf(() => kit.data.restore(name, 'test'))
    kit.database.pragma('query_only = OFF')
    expect(failure).toMatchObject({ code: 'SQLITE_READONLY' })
    expect(dump(kit.database)).toEqual(before)
    expect(kit.calls).toEqual(['quiet', 'resume'])
    expect(kit.database.pragma('database_list')).not.toContainEqual(attached)
    await kit.data.act(async () => {})
  })

  test('waits for what is under way, and lets nothing in between', async () => {
    const kit = openDataKit()
    const { name } = await kit.data.backUp()
    kit.tick()
    let finish = () => {}
    const doing = kit.data.act(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      await kit.add('Just before')
    })
    const restored = kit.data.restore(name, 'test')
    expect((await failureOf(() => kit.data.act(async () => {}))).code).toBe('BUSY')
    finish()
    await Promise.all([doing, restored])
    expect(listServers(kit.database)).toEqual([])
    // It was there when the copy of before was made.
    const [before] = kit.data.backups()
    expect((await kit.data.compare(before!.name)).returning).toEqual(['Just before'])
  })
})
