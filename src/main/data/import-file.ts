import { existsSync, rmSync, statSync } from 'node:fs'
import { open, readFile, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { invalidInput, LightNodeError } from '../../shared/errors.ts'
import type { ServerType } from '../../shared/fields.ts'
import { makePrivateFolder, openPrivateCopy, type PrivateCopy } from '../database/private-copy.ts'
import { listServers, type ServerRow } from '../database/servers.ts'
import { opensKeyCheck } from '../secrets/key-check.ts'
import { createSealer } from '../secrets/seal.ts'
import type { Secret } from '../secrets/secret.ts'
import { createCredentialStore } from '../servers/credentials.ts'
import { unpackContent } from './export-content.ts'
import { isExport, openExport } from './export-file.ts'

/** Far more than ten thousand servers take; read into memory. */
const MOST_BYTES = 512 * 1024 * 1024
/** How every SQLite file begins (its file format, 1.3). */
const SQLITE = Buffer.from('SQLite format 3\0', 'latin1')

/** A server as another database has it; what its name, port and address come to here is the importer's to say. */
export interface FileServer {
  name: string
  port: number
  ipAddress: string
  rconPassword: Secret
  /** GB of heap. */
  memory: number
  type: ServerType
  version: string
}

export interface ImportFileDeps {
  dataDir: string
  /** This installation's data key. */
  key: Buffer
}

/**
 * Reads the servers, without those in the bin, of a LightNode database of this or any earlier schema, or of an
 * export. The file is only read.
 *
 * @param path absolute
 * @param password of an export
 * @throws LightNodeError INVALID_INPUT with the field source.path or source.password; DATABASE_NEWER;
 *   KEY_UNAVAILABLE for a database that another key has sealed; STORAGE_FAILED
 */
export async function readServersOf(
  { dataDir, key }: ImportFileDeps,
  path: string,
  password?: string,
): Promise<{ servers: FileServer[] }> {
  const kind = await kindOf(path)
  if (kind === 'export') return readExport(dataDir, path, password)
  return withCopy(path, dataDir, (copy) => {
    if (!opensKeyCheck(key, copy.facts.keyCheck))
      throw new LightNodeError('KEY_UNAVAILABLE', 'The passwords in this file were sealed by another key.', {
        remedy:
          'Make an export on the installation that it comes from (Settings, LightNode’s data), and import that.',
      })
    return { servers: readServers(copy, key) }
  })
}

async function readExport(dataDir: string, path: string, password: string | undefined) {
  if (!password) throw refusePassword('Give the password of the export.')
  const content = await openExport(await readFile(path), password)
  if (!content) throw refusePassword('The password is wrong or the file is damaged.')
  const { database, key } = await unpackContent(content)
  const folder = makePrivateFolder(dataDir)
  try {
    const file = join(folder, 'export.db')
    await writeFile(file, database, { mode: 0o600 })
    return withCopy(file, dataDir, (copy) => ({ servers: readServers(copy, key) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function withCopy<Result>(path: string, dataDir: string, read: (copy: PrivateCopy) => Result): Result {
  let copy: PrivateCopy
  try {
    copy = openPrivateCopy(path, dataDir)
  } catch (error) {
    if (error instanceof LightNodeError && error.code === 'BACKUP_DAMAGED')
      throw refusePath('This is no whole database of LightNode.')
    throw error
  }
  try {
    return read(copy)
  } finally {
    copy.close()
  }
}

function readServers({ database }: PrivateCopy, key: Buffer): FileServer[] {
  const credentials = createCredentialStore(createSealer(key), () => null)
  const read = (row: ServerRow) => ({
    name: row.name,
    port: row.port,
    ipAddress: row.ownAddress ?? row.publicAddress ?? row.address,
    rconPassword: credentials.rconPassword(row),
    memory: row.memoryMb / 1024,
    type: row.type,
    version: row.resolvedVersion ?? row.version,
  })
  try {
    return listServers(database).map(read)
  } catch {
    throw refusePath('A password in this file is damaged.')
  }
}

async function kindOf(path: string): Promise<'database' | 'export'> {
  if (!isAbsolute(path)) throw refusePath('Give the whole path, from the root.')
  const stat = existsSync(path) ? statSync(path) : null
  if (!stat?.isFile()) throw refusePath('There is no file of that name.')
  if (stat.size > MOST_BYTES) throw refusePath('The file is larger than 512 MB.')
  const head = Buffer.alloc(64)
  try {
    const handle = await open(path, 'r')
    try {
      await handle.read(head, 0, head.length, 0)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw refusePath(`The file can't be read: ${error instanceof Error ? error.message : error}`)
  }
  if (isExport(head)) return 'export'
  if (head.subarray(0, SQLITE.length).equals(SQLITE)) {
    refuseOddCompanions(path)
    return 'database'
  }
  throw refusePath('This is neither a database nor an export of LightNode.')
}

/** A database's log is copied with it: neither endless nor anything but a file. */
function refuseOddCompanions(path: string): void {
  for (const companion of [`${path}-wal`, `${path}-journal`]) {
    const stat = statSync(companion, { throwIfNoEntry: false })
    if (stat && !stat.isFile()) throw refusePath(`${companion} beside it is no file.`)
    if (stat && stat.size > MOST_BYTES) throw refusePath(`${companion} beside it is larger than 512 MB.`)
  }
}

const refusePath = (message: string) => invalidInput([{ field: 'source.path', message }])
const refusePassword = (message: string) => invalidInput([{ field: 'source.password', message }])
