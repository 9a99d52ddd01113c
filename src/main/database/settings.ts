import type { Database } from './open.ts'

/** What is kept under a name, each with its own default where it is read. */
export type SettingName =
  | 'image'
  | 'http.port'
  | 'look-only'
  | `worlds.${'folder' | 'daily' | 'keep' | 'keepGb'}`

/** @returns null when it was never set */
export function getSetting(database: Database, name: SettingName): string | null {
  const row = database
    .prepare<[string], { value: string }>('SELECT value FROM settings WHERE name = ?')
    .get(name)
  return row?.value ?? null
}

export function setSetting(database: Database, name: SettingName, value: string): void {
  database
    .prepare(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    )
    .run(name, value)
}

export function removeSetting(database: Database, name: SettingName): void {
  database.prepare('DELETE FROM settings WHERE name = ?').run(name)
}
