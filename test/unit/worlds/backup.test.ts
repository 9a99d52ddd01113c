import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/types.ts'
import { failureOf } from '../core/kit.ts'
import { openWorldsKit, type WorldsKit } from './worlds-kit.ts'

const problemOf = async (kit: WorldsKit) => {
  await kit.core.worlds.backUp(kit.id, 'test')
  return (await kit.idle()).task?.problem
}

/** Nothing half-made is left, and the game saves. */
function expectClean(kit: WorldsKit, files: string[] = []): void {
  expect(kit.files()).toEqual(files)
  expect(kit.helpers()).toBe(0)
  expect(kit.volumes()).toEqual([kit.server().volumeName])
}

describe('a backup of a game that runs', () => {
  test('is read while the game does not save, read back, and recorded', async () => {
    const kit = await openWorldsKit()
    const backup = await kit.backUp()
    expect(kit.commands()).toEqual(['save-off', 'save-all flush', 'save-on'])
    expect(backup).toMatchObject({
      serverId: kit.id,
      serverName: 'My world',
      reason: 'asked',
      missing: false,
    })
    expect(backup).toMatchObject({
      type: 'VANILLA',
      version: '1.20.4',
      files: 3,
      bytes: statSync(backup.file).size,
    })
    expect(backup).not.toHaveProperty('digest')
    expectClean(kit, [backup.file])
    expect(dirname(dirname(backup.file))).toBe(kit.folder)
    expect(statSync(backup.file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(backup.file)).mode & 0o777).toBe(0o700)
    expect(kit.server()).toMatchObject({ status: 'online', task: null })
    // The game's own container can be asked after all the time.
    expect(kit.engine.calls.filter((call) => call.startsWith('readArchive'))).toEqual([
      expect.stringMatching(/^readArchive my-world-\w+-helper-\w+ \/data$/),
    ])
  })

  test('never carries the RCON password', async () => {
    const kit = await openWorldsKit()
    const { file } = await kit.backUp()
    const content = gunzipSync(readFileSync(file))
    expect(content.includes('seed 42')).toBe(true)
    expect(content.includes('hunter2')).toBe(false)
    expect(content.includes('.rcon-cli')).toBe(false)
  })

  test('that can’t be read leaves nothing, and the game saves again', async () => {
    const kit = await openWorldsKit()
    kit.engine.before = (method) => {
      if (method === 'readArchive') throw new EngineError('no-space', 'no space left on device')
    }
    expect(await problemOf(kit)).toMatchObject({ code: 'DISK_EXCEEDED' })
    expect(kit.commands()).toEqual(['save-off', 'save-all flush', 'save-on'])
    expectClean(kit)
  })

  test('is read again when a file shrank under the engine’s hands', async () => {
    const kit = await openWorldsKit()
    let broken = 4
    kit.engine.before = (method) => {
      if (method === 'readArchive' && broken-- > 0)
        throw new EngineError('rejected', 'the archive is cut off')
    }
    const backup = await kit.backUp()
    expectClean(kit, [backup.file])
    expect(kit.commands()).toEqual(['save-off', 'save-all flush', 'save-on'])
    broken = 5
    expect(await problemOf(kit)).toMatchObject({
      code: 'BACKUP_FAILED',
      message: expect.stringContaining('in 5 tries: a file of it shrinks meanwhile'),
    })
    expectClean(kit, [backup.file])
  })

  test('of one that does not do as it is told is refused', async () => {
    const kit = await openWorldsKit()
    kit.engine.onCommand = (_, command) => (command === 'save-off' ? null : '')
    // A game that never answers: the limit is the console's own.
    const problem = await problemOf(kit)
    expect(problem).toMatchObject({ code: 'BACKUP_FAILED', message: expect.stringContaining('save-off') })
    expect(kit.commands().at(-1)).toBe('save-on')
    expectClean(kit)
  }, 20_000)

  test('of a paused one is refused: what it did not save is not there', async () => {
    const kit = await openWorldsKit()
    kit.engine.containers.get(kit.server().containerName)!.state.status = 'paused'
    expect(await problemOf(kit)).toMatchObject({ code: 'BUSY' })
    expectClean(kit)
  })

  test('can be given up', async () => {
    const kit = await openWorldsKit()
    const { asked, letGo } = kit.hang('readArchive')
    await kit.core.worlds.backUp(kit.id, 'test')
    await asked
    expect(kit.server().task).toMatchObject({ kind: 'backup', cancellable: true })
    expect((await failureOf(() => kit.core.servers.stop(kit.id, 'test'))).code).toBe('BUSY')
    const cancelled = kit.core.servers.cancel(kit.id, 'test')
    letGo()
    await cancelled
    expect(kit.server().task).toBeNull()
    expect(kit.core.worlds.list(null)).toEqual([])
    expect(kit.commands().at(-1)).toBe('save-on')
    expectClean(kit)
  })

  test('can be given up while the game is slow to save', async () => {
    const kit = await openWorldsKit()
    kit.engine.onCommand = (_, command) => (command === 'save-all flush' ? null : '')
    await kit.core.worlds.backUp(kit.id, 'test')
    await expect.poll(() => kit.commands().at(-1)).toBe('save-all flush')
    await kit.core.servers.cancel(kit.id, 'test')
    expect(kit.commands().at(-1)).toBe('save-on')
    expectClean(kit)
  })

  test('waits for an engine that goes away, and is made then', async () => {
    const kit = await openWorldsKit()
    let away = true
    kit.engine.before = (method) => {
      if (method !== 'readArchive' || !away) return
      away = false
      kit.watch.see('missing')
      throw new EngineError('unreachable', 'socket hang up')
    }
    await kit.core.worlds.backUp(kit.id, 'test')
    await kit.until(({ task }) => task?.step.startsWith('Waiting for Docker') ?? false)
    expect(kit.commands()).toEqual(['save-off', 'save-all flush', 'save-on'])
    kit.connect()
    expect((await kit.idle()).task).toBeNull()
    expect(kit.core.worlds.list(kit.id)).toHaveLength(1)
  })
})

describe('a backup on a disk that fails', () => {
  test('one that reads back otherwise than it was written is no backup', async () => {
    const kit = await openWorldsKit()
    // The helper goes when all is written, and before it is read back.
    kit.engine.before = (method, subject) => {
      if (method !== 'removeContainer' || !subject.includes('-helper-')) return
      const [draft = ''] = kit.files()
      const bytes = readFileSync(draft)
      bytes[200] = bytes[200]! ^ 1
      writeFileSync(draft, bytes)
    }
    expect(await problemOf(kit)).toMatchObject({ code: 'BACKUP_FAILED' })
    expectClean(kit)
    expect(kit.core.worlds.list(null)).toEqual([])
  })

  test('a folder that is no longer there is not made anew: it may be a disk', async () => {
    const kit = await openWorldsKit()
    const folder = join(kit.dataDir, 'unplugged')
    await kit.core.settings.update({ worlds: { folder } })
    rmSync(folder, { recursive: true })
    const problem = await problemOf(kit)
    expect(problem?.code).toBe('BACKUP_FAILED')
    expect(problem?.message).toContain(`${folder}: it is not there (ENOENT)`)
    expectClean(kit)
    // Plugged in again.
    mkdirSync(folder)
    expect((await kit.backUp()).file.startsWith(folder)).toBe(true)
  })

  test('a folder that is a file is told', async () => {
    const kit = await openWorldsKit()
    writeFileSync(kit.folder, '')
    expect((await problemOf(kit))?.message).toContain('it is no folder (EEXIST)')
    expect(kit.commands().at(-1)).toBe('save-on')
  })

  test('what a disk that was taken away still holds is removed by the next backup', async () => {
    const kit = await openWorldsKit()
    const { file } = await kit.backUp()
    writeFileSync(join(dirname(file), '2020-01-01T00-00-00-000Z.tar.gz.new'), 'half')
    const next = await kit.backUp()
    expectClean(kit, [file, next.file].sort())
  })
})

describe('LightNode ends in the middle of a backup', () => {
  test('saving is on at once, and the backup is made after the next start', async () => {
    const kit = await openWorldsKit()
    const { asked, letGo } = kit.hang('readArchive')
    await kit.core.worlds.backUp(kit.id, 'test')
    await asked
    const restarted = kit.restart()
    letGo()
    await restarted
    expect((await kit.idle()).task).toBeNull()
    const backups = kit.core.worlds.list(kit.id)
    expect(backups).toHaveLength(1)
    expect(kit.commands()).toEqual([
      'save-off',
      'save-all flush',
      'save-on',
      'save-off',
      'save-all flush',
      'save-on',
    ])
    expectClean(kit, [backups[0]!.file])
  })

  test('killed: saving is switched on first, and the half of the file goes', async () => {
    const kit = await openWorldsKit()
    const { file } = await kit.backUp()
    kit.engine.commands.splice(0)
    const half = join(dirname(file), 'half.tar.gz')
    // As a kill leaves it: the row open, the plan as it was written last.
    await kit.restart(() => {
      writeFileSync(`${half}.new`, 'half')
    })
    reopen(kit, { savingOff: true, draft: half, record: null })
    await kit.restart()
    await kit.idle()
    expect(kit.commands()).toEqual(['save-on', 'save-off', 'save-all flush', 'save-on'])
    expect(kit.core.worlds.list(kit.id)).toHaveLength(2)
    expect(kit.files().filter((name) => name.endsWith('.new'))).toEqual([])
  })

  test('killed between the name and the record: the file is recorded as it is', async () => {
    const kit = await openWorldsKit()
    const backup = await kit.backUp()
    const row = kit.database.prepare('SELECT * FROM world_backups').get() as Record<string, unknown>
    kit.database.prepare('DELETE FROM world_backups').run()
    reopen(kit, { savingOff: false, draft: backup.file, record: camel(row) })
    await kit.restart()
    await kit.idle()
    expect(kit.core.worlds.list(kit.id)).toEqual([backup])
    expect(kit.commands()).toEqual(['save-off', 'save-all flush', 'save-on'])
  })

  /** The newest task is open again, with this in its plan. */
  function reopen(kit: WorldsKit, change: object): void {
    const { id, plan } = kit.database.prepare('SELECT id, plan FROM tasks ORDER BY rowid DESC').get() as {
      id: string
      plan: string
    }
    const next = JSON.stringify({ ...JSON.parse(plan), ...change })
    kit.database.prepare('UPDATE tasks SET ended_at = NULL, plan = ? WHERE id = ?').run(next, id)
  }

  const camel = (row: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name.replace(/_(.)/g, (_, c: string) => c.toUpperCase()),
        value,
      ]),
    )
})

describe('a backup that is there', () => {
  test('is read again when asked; damage, another file and none are told', async () => {
    const kit = await openWorldsKit()
    const backup = await kit.backUp()
    kit.clock.ahead = 60_000
    expect((await kit.core.worlds.verify(backup.id)).verifiedAt).toBeGreaterThan(backup.verifiedAt)
    const content = readFileSync(backup.file)
    content[100] = content[100]! ^ 1
    writeFileSync(backup.file, content)
    expect((await failureOf(() => kit.core.worlds.verify(backup.id))).code).toBe('BACKUP_DAMAGED')
    expect(kit.core.worlds.list(null)).toMatchObject([{ missing: false }])
    appendFileSync(backup.file, 'x')
    expect(kit.core.worlds.list(null)).toMatchObject([{ missing: true }])
    expect((await failureOf(() => kit.core.worlds.file(backup.id))).code).toBe('BACKUP_DAMAGED')
    // Somebody's own file by now: the record goes alone.
    await kit.core.worlds.remove(backup.id, 'test')
    expect(kit.files()).toEqual([backup.file])
    expect(kit.core.worlds.list(null)).toEqual([])
  })

  test('is deleted when asked, its folder with it when nothing else is in there', async () => {
    const kit = await openWorldsKit()
    const backup = await kit.backUp()
    expect(kit.core.worlds.file(backup.id)).toEqual({
      path: backup.file,
      name: expect.stringMatching(/^my-world-20\d\d-[-\dTZ]+\.tar\.gz$/),
    })
    await kit.core.worlds.remove(backup.id, 'test')
    expect(kit.files()).toEqual([])
    expect((await failureOf(() => kit.core.worlds.verify(backup.id))).code).toBe('NOT_FOUND')
    expect((await failureOf(() => statSync(dirname(backup.file)))).code).toBe('ENOENT')
  })
})
