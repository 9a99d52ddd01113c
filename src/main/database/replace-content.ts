import type { Database } from './open.ts'

/** People stay signed in; all else comes from the copy. */
const KEPT = ['sessions']

/**
 * Replaces the content of every table by that of another database of the same schema, in one transaction.
 * Sessions stay, but for those of servers that are gone.
 *
 * @param file the other database, which nobody writes to
 * @param change done in the same transaction, after it
 * @throws SqliteError; nothing is changed then
 */
export function replaceContent(database: Database, file: string, change: () => void): void {
  database.prepare('ATTACH ? AS restored').run(file)
  try {
    const replace = database.transaction(() => {
      // Tables refer to each other: what counts is how they stand at the end.
      database.pragma('defer_foreign_keys = ON')
      for (const table of tablesOf(database)) copyTable(database, table)
      database.exec(
        'DELETE FROM sessions WHERE server_id IS NOT NULL AND server_id NOT IN (SELECT id FROM servers)',
      )
      change()
    })
    replace.immediate()
  } finally {
    database.exec('DETACH restored')
  }
}

interface Table {
  name: string
  /** 1 for one without a row id. */
  wr: number
}

function tablesOf(database: Database): Table[] {
  const tables = database.pragma('main.table_list') as (Table & { type: string })[]
  return tables.filter(
    ({ name, type }) => type === 'table' && !name.startsWith('sqlite_') && !KEPT.includes(name),
  )
}

function copyTable(database: Database, { name, wr }: Table): void {
  const columns = database
    .prepare<[string], { name: string }>("SELECT name FROM pragma_table_info(?, 'main')")
    .all(name)
    .map((column) => `"${column.name}"`)
  // Which came first is told by the row id, where there is one.
  if (wr === 0) columns.unshift('rowid')
  database.exec(`DELETE FROM main."${name}"`)
  database.exec(
    `INSERT INTO main."${name}" (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM restored."${name}"`,
  )
}
