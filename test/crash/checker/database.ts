import { createDecipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'

// The checker's own look at the database file and its secrets: nothing of the product's is in between.

export interface SeenServer {
  id: string
  name: string
  status: string
  desired: string
  type: string
  version: string
  memory_mb: number
  container_name: string
  container_id: string | null
  replaced_container_id: string | null
  volume_name: string
  mount_type: string
  adopted: number
  rcon_password: string
  next_rcon_password: string | null
  panel_password: string
  eula_accepted_at: number
  first_online_at: number | null
  problem_code: string | null
  problem_message: string | null
  deleted_at: number | null
  expired_at: number | null
  purged_at: number | null
  environment: string
}

export interface SeenPort {
  port: number
  purpose: 'game' | 'rcon'
  server_id: string | null
}

export interface SeenDatabase {
  installationId: string
  servers: SeenServer[]
  ports: SeenPort[]
  pools: { purpose: 'game' | 'rcon'; first_port: number; last_port: number }[]
  openRuns: { server_id: string; state: string }[]
  openTasks: { server_id: string; kind: string; step: string }[]
  failedTasks: {
    id: string
    server_id: string
    kind: string
    problem_code: string
    problem_message: string
  }[]
  copies: { volume_name: string; server_id: string; removed_at: number | null }[]
  backups: { id: string; server_id: string; file: string; bytes: number }[]
}

/** Reads all that the checker compares, in one transaction. @throws Error when the file can't be read */
export function readDatabase(dataDir: string): SeenDatabase {
  const database = new SqliteDatabase(join(dataDir, 'lightnode.db'), { readonly: true, timeout: 5000 })
  try {
    const all = <Row>(sql: string) => database.prepare(sql).all() as Row[]
    return database.transaction(() => ({
      installationId: all<{ id: string }>('SELECT id FROM installation')[0]?.id ?? '',
      servers: all<SeenServer>('SELECT * FROM servers'),
      ports: all<SeenPort>('SELECT port, purpose, server_id FROM ports'),
      pools: all<SeenDatabase['pools'][number]>('SELECT purpose, first_port, last_port FROM pools'),
      openRuns: all<{ server_id: string; state: string }>('SELECT * FROM runs WHERE ended_at IS NULL'),
      openTasks: all<SeenDatabase['openTasks'][number]>('SELECT * FROM tasks WHERE ended_at IS NULL'),
      failedTasks: all<SeenDatabase['failedTasks'][number]>(
        'SELECT * FROM tasks WHERE ended_at IS NOT NULL AND problem_code IS NOT NULL',
      ),
      copies: all<SeenDatabase['copies'][number]>('SELECT * FROM world_copies'),
      backups: all<SeenDatabase['backups'][number]>('SELECT * FROM world_backups'),
    }))()
  } finally {
    database.close()
  }
}

/** Opens a sealed text: "v1." and base64 of nonce (12), tag (16) and text, AES-256-GCM. @throws Error */
export function unseal(dataDir: string, sealed: string, purpose: string): string {
  const key = Buffer.from(readFileSync(join(dataDir, 'data.key'), 'utf8').trim(), 'base64')
  const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64')
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  cipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8')
}

/** Whether the row's own variables keep it from running: that fault is the user's, and still there. */
export function isSpoilt({ environment }: { environment: string }): boolean {
  return environment.includes('LIGHTNODE_TEST_VARIANT')
}
