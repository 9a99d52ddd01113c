import { spawnSync } from 'node:child_process'
import { createDecipheriv, scryptSync } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { unpackContent } from '../../../src/main/data/export-content.ts'
import { openExport, sealExport } from '../../../src/main/data/export-file.ts'
import { readServersOf } from '../../../src/main/data/import-file.ts'
import { backupFolder } from '../../../src/main/database/backup-files.ts'
import { openDatabase } from '../../../src/main/database/open.ts'
import { migrations } from '../../../src/main/database/schema.ts'
import { listServers } from '../../../src/main/database/servers.ts'
import { openSessions } from '../../../src/main/database/sessions.ts'
import { identify } from '../../../src/main/installation.ts'
import { openData } from '../../../src/main/open-data.ts'
import { dump, failureOf } from '../core/kit.ts'
import { read } from '../house/files.ts'
import { makeFolder, openDataKit } from './data-kit.ts'

const PASSWORD = 'correct horse battery'
/** Found in a text if a field of a form is named as wrong. */
const wrong = (field: string, message?: RegExp) => ({
  code: 'INVALID_INPUT',
  data: { fields: [{ field, message: expect.stringMatching(message ?? /./) }] },
})

describe('an export', () => {
  test('is one file for its owner alone, and shows nothing of what is in it', async () => {
    const kit = openDataKit()
    const server = await kit.add('Alpha')
    openSessions(kit.database, kit.now).create({ kind: 'operator' })
    const { file } = await kit.data.export(PASSWORD, 'desktop')
    expect(basename(file)).toBe('lightnode-export-2026-11-24T12-00-00-000Z.lightnode')
    expect(readdirSync(backupFolder(kit.dataDir))).toEqual([basename(file)])
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    const bytes = readFileSync(file)
    for (const hidden of ['Alpha', 'SQLite', server.rconPassword, kit.key.toString('base64'), PASSWORD])
      expect(bytes.includes(hidden)).toBe(false)
    // It is no copy that could be restored by itself.
    expect(kit.data.backups()).toEqual([])
  })

  test('opens as the documents say: scrypt, AES-256-GCM, a gzipped tar of two files', async () => {
    const kit = openDataKit()
    openSessions(kit.database, kit.now).create({ kind: 'operator' })
    const bytes = readFileSync((await kit.data.export(PASSWORD, 'desktop')).file)
    const magic = 'LightNode export\n'
    expect(bytes.subarray(0, magic.length).toString()).toBe(magic)
    const start = magic.length + 4
    const length = bytes.readUInt32BE(magic.length)
    const header = JSON.parse(bytes.subarray(start, start + length).toString())
    expect(header).toMatchObject({ format: 1, scrypt: { N: 131_072, r: 8, p: 1 } })
    const { N, r, p, salt } = header.scrypt
    const key = scryptSync(PASSWORD, Buffer.from(salt, 'base64'), 32, { N, r, p, maxmem: 2 ** 28 })
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(header.nonce, 'base64'))
    decipher.setAAD(bytes.subarray(0, start + length)).setAuthTag(bytes.subarray(-16))
    const packed = Buffer.concat([decipher.update(bytes.subarray(start + length, -16)), decipher.final()])
    const tar = gunzipSync(packed)
    // The tar format: a name at the start of each 512-byte header.
    expect(tar.subarray(0, 12).toString()).toBe('lightnode.db')
    expect(tar.includes('data.key\0')).toBe(true)
    const content = await unpackContent(packed)
    expect(content.key.equals(kit.key)).toBe(true)
    const path = join(makeFolder(), 'lightnode.db')
    writeFileSync(path, content.database)
    const { servers } = await readServersOf({ dataDir: kit.dataDir, key: kit.key }, path)
    expect(servers).toEqual([])
    // Nobody is signed in on the machine it comes to.
    const opened = openDatabase(path)
    expect(dump(opened)).toMatchObject({ sessions: [], installation: [{ id: 'this-installation' }] })
    opened.close()
  })

  test('is opened by the program in the documents, and both files make a data folder', async () => {
    const kit = openDataKit()
    await kit.add('Alpha')
    const { file } = await kit.data.export(PASSWORD, 'desktop')
    const folder = makeFolder()
    const [, program = ''] =
      /```js\n(\/\/ node open-export[\s\S]*?)```/.exec(read('docs/operations.md')) ?? []
    writeFileSync(join(folder, 'open-export.mjs'), program)
    const run = (password: string) =>
      spawnSync(process.execPath, [join(folder, 'open-export.mjs'), file], { input: `${password}\n` })
    expect(run('another password').status).toBe(1)
    const { database, key } = await unpackContent(run(PASSWORD).stdout)
    writeFileSync(join(folder, 'lightnode.db'), database, { mode: 0o600 })
    writeFileSync(join(folder, 'data.key'), key.toString('base64'), { mode: 0o600 })
    const opened = await openData({ dataDir: folder, keyring: null, restore: null }, kit.now())
    expect(listServers(opened).map(({ name }) => name)).toEqual(['Alpha'])
    expect((await identify(opened, folder, null, kit.now())).installationId).toBe('this-installation')
    opened.close()
  })

  test('does not open with another password, or when any byte of it was changed', async () => {
    const sealed = await sealExport(Buffer.from('content'), PASSWORD)
    expect((await openExport(sealed, PASSWORD))?.toString()).toBe('content')
    expect(await openExport(sealed, `${PASSWORD} `)).toBeNull()
    const { length } = sealed
    for (const at of [0, 18, 60, length - 18, length - 1]) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 1
      expect(await openExport(changed, PASSWORD), `byte ${at}`).toBeNull()
    }
    for (const size of [0, 20, 100, length - 1])
      expect(await openExport(sealed.subarray(0, size), PASSWORD)).toBeNull()
  })

  test('the same password in another writing of its accents opens it', async () => {
    const sealed = await sealExport(Buffer.from('content'), 'caf\u00e9 caf\u00e9 caf\u00e9')
    expect(await openExport(sealed, 'cafe\u0301 cafe\u0301 cafe\u0301')).not.toBeNull()
  })
})

describe('servers of a file', () => {
  test('of an export come with their passwords, whatever the key here', async () => {
    const there = openDataKit()
    const alpha = await there.add('Alpha')
    const { file } = await there.data.export(PASSWORD, 'desktop')
    const here = openDataKit()
    const { servers } = await readServersOf(here, file, PASSWORD)
    expect(servers).toMatchObject([
      {
        ...{ name: 'Alpha', port: alpha.port, ipAddress: alpha.ipAddress },
        ...{ memory: 1, type: 'VANILLA', version: '1.20.4' },
      },
    ])
    expect(servers[0]?.rconPassword.reveal()).toBe(alpha.rconPassword)
    expect(JSON.stringify(servers)).not.toContain(alpha.rconPassword)
    expect(readdirSync(backupFolder(here.dataDir))).toEqual([])
  })

  test('of a database of this installation come with theirs, its log included; the file is only read', async () => {
    const kit = openDataKit()
    const alpha = await kit.add('Alpha')
    const gone = await kit.add('Gone')
    kit.database.exec(`UPDATE servers SET deleted_at = 1 WHERE id = '${gone.id}'`)
    const path = join(makeFolder(), 'crashed.db')
    for (const part of ['', '-wal']) writeFileSync(path + part, readFileSync(kit.file + part))
    const before = ['', '-wal'].map((part) => readFileSync(path + part))
    const { servers } = await readServersOf(kit, path)
    expect(servers.map(({ name }) => name)).toEqual(['Alpha'])
    expect(servers[0]?.rconPassword.reveal()).toBe(alpha.rconPassword)
    expect(['', '-wal'].map((part) => readFileSync(path + part))).toEqual(before)
  })

  test('of a database that another key has sealed are refused, and the way is named', async () => {
    const there = openDataKit()
    const { name } = await there.data.backUp()
    const here = openDataKit()
    const failure = await failureOf(() => readServersOf(here, join(backupFolder(there.dataDir), name)))
    expect(failure).toMatchObject({
      code: 'KEY_UNAVAILABLE',
      data: { remedy: expect.stringContaining('export') },
    })
  })

  test('of a newer LightNode are refused, and the file is not touched', async () => {
    const kit = openDataKit()
    const path = join(backupFolder(kit.dataDir), (await kit.data.backUp()).name)
    const bytes = readFileSync(path)
    bytes.writeUInt32BE(migrations.length + 1, 60)
    writeFileSync(path, bytes)
    expect((await failureOf(() => readServersOf(kit, path))).code).toBe('DATABASE_NEWER')
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  test('what is none of that is named by its field', async () => {
    const kit = openDataKit()
    const folder = makeFolder()
    const put = (name: string, content: Buffer | string) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const { file } = await kit.data.export(PASSWORD, 'desktop')
    const whole = readFileSync(kit.file)
    const cases: [string, string | undefined, object][] = [
      ['relative.db', undefined, wrong('source.path', /whole path/)],
      [join(folder, 'nothere'), undefined, wrong('source.path', /no file/)],
      [folder, undefined, wrong('source.path', /no file/)],
      [put('empty', ''), undefined, wrong('source.path', /neither/)],
      [put('text', 'name,port\n'.repeat(100)), undefined, wrong('source.path', /neither/)],
      [put('half.db', whole.subarray(0, 8192)), undefined, wrong('source.path', /no whole database/)],
      [put('other.db', readFileSync(kit.file).subarray(0, 4096)), undefined, wrong('source.path', /whole/)],
      [file, undefined, wrong('source.password', /Give/)],
      [file, 'another password', wrong('source.password', /wrong or the file is damaged/)],
      [put('cut.lightnode', readFileSync(file).subarray(0, 300)), PASSWORD, wrong('source.password')],
    ]
    for (const [path, password, expected] of cases)
      expect(await failureOf(() => readServersOf(kit, path, password)), path).toMatchObject(expected)
    expect(readdirSync(backupFolder(kit.dataDir))).toEqual([basename(file)])
  })
})
