import { copyFile, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { noEngine, startCore, type TestCore } from '../support/core.ts'

const cores: TestCore[] = []
afterEach(async () => {
  for (const core of cores.splice(0)) await core.destroy()
})

/** The whole core on a clean folder; no engine is asked. */
async function begin(): Promise<TestCore> {
  const core = await startCore({ watch: noEngine() })
  cores.push(core)
  return core
}

const csv = {
  kind: 'csv' as const,
  text: 'name,port,ipAddress,rconPassword,memory\nOne,25600,,from the other,2\nTwo,30000,play.example,abcdefghijkl,1\n',
}

test('an export of another LightNode is imported with its passwords; a second time everything is doubled', async () => {
  const there = await begin()
  await there.core.imports.apply(csv, [], 'test')
  const { file } = await there.core.data.export('a long enough password', 'test')
  const here = await begin()
  const source = { kind: 'file' as const, path: file, password: 'a long enough password' }
  const plan = await here.core.imports.preview(source, [])
  expect(plan.source).toBe('A file of LightNode with 2 servers')
  expect(plan.rows.flatMap(({ conflicts }) => conflicts)).toEqual([])
  expect(JSON.stringify(plan)).not.toContain('from the other')
  const servers = await here.core.imports.apply(source, [], 'test')
  expect(servers).toMatchObject([
    { name: 'One', port: 25600, memory: 2, status: 'stopped', newWorld: true },
    { name: 'Two', port: 30000, ownAddress: 'play.example' },
  ])
  const [id = ''] = servers.map((server) => server.id)
  expect(here.core.servers.credentials(id, 'test').rconPassword).toBe('from the other')

  const again = await here.core.imports.preview(source, [])
  expect(
    again.rows.map(({ conflicts }) => conflicts.map(({ field, proposal }) => [field, proposal !== null])),
  ).toEqual([
    [
      ['name', true],
      ['port', true],
    ],
    [
      ['name', true],
      ['port', true],
    ],
  ])
  await expect(here.core.imports.apply(source, [], 'test')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(here.core.servers.list()).toHaveLength(2)
  await expect(
    here.core.imports.preview({ ...source, password: 'a wrong password' }, []),
  ).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    data: { fields: [{ field: 'source.password' }] },
  })
})

test('the database of a newer LightNode is refused, and what is none is said', async () => {
  const there = await begin()
  await there.core.imports.apply(csv, [], 'test')
  const file = join(there.dataDir, 'lightnode.db')
  there.database.pragma('user_version = 999')
  const here = await begin()
  await expect(here.core.imports.preview({ kind: 'file', path: file }, [])).rejects.toMatchObject({
    code: 'DATABASE_NEWER',
  })
  const text = join(here.dataDir, 'notes.txt')
  await writeFile(text, 'not a database')
  await expect(here.core.imports.preview({ kind: 'file', path: text }, [])).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(here.core.servers.list()).toEqual([])
})

test('a log beside a database that is endless, or no file, is refused at once and nothing is copied', async () => {
  const { core, dataDir } = await begin()
  const { name } = await core.data.backUp()
  const folder = join(dataDir, 'elsewhere')
  await mkdir(folder)
  const path = join(folder, 'other.db')
  await copyFile(join(dataDir, 'backups', name), path)
  const preview = () => core.imports.preview({ kind: 'file', path }, [])
  expect((await preview()).rows).toEqual([])
  const refused = { code: 'INVALID_INPUT', data: { fields: [{ field: 'source.path' }] } }
  for (const companion of [`${path}-wal`, `${path}-journal`]) {
    await mkdir(companion)
    await expect(preview()).rejects.toMatchObject(refused)
    await rm(companion, { recursive: true })
    await writeFile(companion, '')
    // It takes no room on the disk; a copy of it would.
    await truncate(companion, 3_000_000_000)
    await expect(preview()).rejects.toMatchObject(refused)
    await rm(companion)
  }
  expect(await readdir(join(dataDir, 'backups'))).toEqual([name])
})
