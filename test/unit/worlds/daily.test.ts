import { rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { beginLookOnly } from '../../../src/main/data/look-only.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import { openWorldsKit, type WorldsKit } from './worlds-kit.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const dailies = (kit: WorldsKit) => kit.core.worlds.list(null).filter(({ reason }) => reason === 'daily')

/** A day later, in another process: of one server there is no second one within an hour of the same. */
async function nextDay(kit: WorldsKit, ahead = DAY): Promise<void> {
  await kit.restart(() => {
    kit.clock.ahead += ahead
  })
  await kit.core.worlds.backUpDue()
}

describe('a daily backup', () => {
  test('is made of a world that is an hour old, and then once a day', async () => {
    const kit = await openWorldsKit()
    await kit.core.worlds.backUpDue()
    expect(dailies(kit)).toEqual([])
    kit.clock.ahead = HOUR
    await kit.core.worlds.backUpDue()
    expect(dailies(kit)).toHaveLength(1)
    expect(kit.commands()).toEqual(['save-off', 'save-all flush', 'save-on'])
    await nextDay(kit, DAY - 1000)
    expect(dailies(kit)).toHaveLength(1)
    await nextDay(kit, 1000)
    expect(dailies(kit)).toHaveLength(2)
  })

  test('of a game that stands still is made when its world has changed, by whatever hand', async () => {
    const kit = await openWorldsKit()
    const asked = await kit.backUp()
    await kit.stopGame()
    await nextDay(kit)
    expect(dailies(kit)).toEqual([])
    expect(kit.files()).toEqual([asked.file])
    kit.engine.files(kit.server().volumeName).set('world/level.dat', Buffer.from('seed 43'))
    await nextDay(kit)
    expect(dailies(kit)).toHaveLength(1)
    // The file of the last one is gone: then it is no backup of this world.
    for (const { file } of kit.core.worlds.list(null)) rmSync(file)
    await nextDay(kit)
    expect(dailies(kit)).toHaveLength(2)
  })

  test('is not made when it is switched off, nor while LightNode only looks, nor beside another task', async () => {
    const kit = await openWorldsKit()
    await kit.core.settings.update({ worlds: { daily: false } })
    await nextDay(kit)
    await kit.core.settings.update({ worlds: { daily: true } })
    beginLookOnly(kit.database, 'copy', 1)
    await kit.core.worlds.backUpDue()
    expect(kit.engine.calls.filter((call) => call.startsWith('readArchive'))).toEqual([])
    kit.database.prepare("DELETE FROM settings WHERE name = 'look-only'").run()
    const { asked, letGo } = kit.hang('readArchive')
    await kit.core.worlds.backUp(kit.id, 'test')
    await asked
    await kit.core.worlds.backUpDue()
    letGo()
    await kit.idle()
    expect(kit.core.worlds.list(null)).toMatchObject([{ reason: 'asked' }])
  })

  test('that fails is told once, and made as soon as it can be', async () => {
    const kit = await openWorldsKit()
    kit.engine.before = (method) => {
      if (method === 'readArchive') throw new EngineError('no-space', 'no space left on device')
    }
    kit.clock.ahead = DAY
    await kit.core.worlds.backUpDue()
    await kit.core.worlds.backUpDue()
    const told = kit.core.activity.list(50, kit.id).filter(({ action }) => action === 'world.backup-failed')
    expect(told).toMatchObject([
      {
        level: 'error',
        message: 'The daily backup of My world failed: The engine has no space left for it.',
      },
    ])
    await nextDay(kit, 0)
    expect(dailies(kit)).toHaveLength(1)
  })
})

describe('retention', () => {
  test('keeps the newest daily ones, all that a person asked for, and what it can’t see', async () => {
    const kit = await openWorldsKit()
    await kit.core.settings.update({ worlds: { keep: 2 } })
    const asked = await kit.backUp()
    for (let day = 1; day <= 2; day++) await nextDay(kit)
    const [second, first] = dailies(kit)
    writeFileSync(first!.file, 'another')
    for (let day = 3; day <= 4; day++) await nextDay(kit)
    const ids = kit.core.worlds.list(null).map(({ id }) => id)
    const [fourth, third] = dailies(kit)
    expect(ids).toEqual([fourth!.id, third!.id, first!.id, asked.id])
    expect(ids).not.toContain(second!.id)
    expect(kit.files()).not.toContain(second!.file)
    expect(kit.files()).toContain(first!.file)
    expect(kit.actions()).toContain('world.backup-removed')
  })

  test('goes by the order in which they were made, not by a clock that was wrong', async () => {
    const kit = await openWorldsKit()
    await kit.core.settings.update({ worlds: { keep: 2 } })
    await nextDay(kit, 5000 * DAY)
    await nextDay(kit, DAY)
    const wrong = dailies(kit)
    // The clock is put right: what is made now is the newest.
    await nextDay(kit, -5001 * DAY + HOUR)
    expect(dailies(kit)).toHaveLength(2)
    expect(wrong.map(({ id }) => id)).not.toContain(dailies(kit)[0]!.id)
    expect(kit.files()).toContain(dailies(kit)[0]!.file)
  })

  test('never touches the backups of a deleted server, and none is removed by a clock', async () => {
    const kit = await openWorldsKit()
    await kit.core.settings.update({ worlds: { keep: 1 } })
    for (let day = 1; day <= 2; day++) await nextDay(kit)
    await kit.core.settings.update({ worlds: { keep: 5 } })
    for (let day = 3; day <= 4; day++) await nextDay(kit)
    const before = kit.files()
    expect(before).toHaveLength(3)
    await kit.core.settings.update({ worlds: { keep: 1 } })
    await kit.core.bin.remove(kit.id, 'test')
    await nextDay(kit, 400 * DAY)
    await nextDay(kit, -1000 * DAY)
    expect(kit.files()).toEqual(before)
    expect(kit.core.worlds.list(kit.id)).toHaveLength(3)
  })

  test('by space: the oldest go, the newest of each stays', async () => {
    const kit = await openWorldsKit()
    await nextDay(kit)
    await nextDay(kit)
    kit.database.prepare("INSERT INTO settings (name, value) VALUES ('worlds.keepGb', '0.0000001')").run()
    await nextDay(kit)
    expect(dailies(kit)).toHaveLength(1)
    expect(kit.files()).toEqual([dailies(kit)[0]!.file])
  })
})
