import { expect, test } from 'vitest'
import { deleteWorldBackup } from '../../../src/main/database/world-backups.ts'
import { failureOf } from '../core/kit.ts'
import { online, openRuined, openWorldsKit } from './worlds-kit.ts'

test('a server that goes to the bin while the engine is asked after its world gets no backup, and no failed task', async () => {
  const kit = await openWorldsKit()
  const { asked, letGo } = kit.hang('hasVolume')
  const backUp = kit.core.worlds.backUp(kit.id, 'test')
  await asked
  await kit.core.bin.remove(kit.id, 'test')
  letGo()
  expect((await failureOf(() => backUp)).code).toBe('NOT_FOUND')
  await kit.core.bin.restore(kit.id, undefined, 'test')
  expect((await kit.until(online)).task).toBeNull()
  expect(kit.files()).toEqual([])
})

test('a backup that is deleted while ports are looked for leaves no server without a world', async () => {
  const { kit, backup } = await openRuined()
  kit.clock.ahead = 1000
  const made = failureOf(() =>
    kit.core.worlds.restoreAsNew(backup.id, { name: 'Second', acceptEula: true }, 'test'),
  )
  // From then on it has been read to its end.
  while (kit.core.worlds.list(kit.id)[0]?.verifiedAt === backup.verifiedAt)
    await new Promise((resolve) => setImmediate(resolve))
  deleteWorldBackup(kit.database, backup.id)
  expect((await made).code).toBe('NOT_FOUND')
  expect(kit.core.servers.list()).toHaveLength(1)
})
