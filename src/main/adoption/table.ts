import { invalidInput } from '../../shared/errors.ts'
import type { ServerType } from '../../shared/fields.ts'
import { Secret } from '../secrets/secret.ts'
import { type CsvRow, NoCsv, parseCsv, type Separator } from './csv.ts'

/** A server as a source names it; nothing of it has been checked yet. */
export interface SourceRow {
  name: string
  port: string
  ipAddress: string
  /** Empty: none is given. */
  rconPassword: Secret
  memory: string
  type: ServerType
  version: string
  /** What is odd about the row itself; null when nothing is. */
  problem: string | null
}

export interface SourceTable {
  /** What was read, in a sentence. */
  source: string
  rows: SourceRow[]
}

const columns = ['name', 'port', 'ipAddress', 'rconPassword', 'memory'] as const
type Column = (typeof columns)[number]
const required: readonly Column[] = ['name', 'port']

/** Servers, the header aside. */
const MOST_ROWS = 1000
const separatorWords: Record<Separator, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' }

/**
 * Reads a table of servers: a header with name, port, ipAddress, rconPassword and memory in any order, upper and lower
 * case alike; name and port are needed. The text comes decoded; a byte order mark is passed over.
 *
 * @throws LightNodeError INVALID_INPUT with the field source.text
 */
export function readTable(text: string): SourceTable {
  if (text.includes('\0'))
    throw refuse(
      'This looks like UTF-16 that was read as something else. Save it as UTF-8, or as UTF-16 with a mark.',
    )
  const { separator, rows } = parse(text.replace(/^\ufeff/, ''))
  const [header, ...servers] = rows
  if (!header) throw refuse('It is empty.')
  const places = placesOf(header.fields)
  const missing = required.filter((column) => !places.has(column))
  if (missing.length > 0)
    throw refuse(
      `The first line names the columns. Missing: ${missing.join(', ')}; known: ${columns.join(', ')}.`,
    )
  const others = header.fields.map((name) => name.trim()).filter((name) => name !== '' && !columnOf(name))
  const unused = others.length > 0 ? `; not used: ${others.join(', ')}` : ''
  return {
    source: `A table of ${servers.length} rows with ${separatorWords[separator]}${unused}`,
    rows: servers.map((row) => toSourceRow(row, places, header.fields.length)),
  }
}

function parse(text: string): ReturnType<typeof parseCsv> {
  try {
    return parseCsv(text, MOST_ROWS + 1)
  } catch (error) {
    if (error instanceof NoCsv) throw refuse(error.message)
    throw error
  }
}

function placesOf(header: readonly string[]): Map<Column, number> {
  const places = new Map<Column, number>()
  for (const [index, name] of header.entries()) {
    const column = columnOf(name)
    if (!column) continue
    if (places.has(column)) throw refuse(`The column ${column} is there twice.`)
    places.set(column, index)
  }
  return places
}

/** "IP address", "rcon_password" and the like count, too. */
function columnOf(name: string): Column | undefined {
  const plain = name.toLowerCase().replace(/[\s_-]/g, '')
  return columns.find((column) => column.toLowerCase() === plain)
}

function toSourceRow(
  { fields, line }: CsvRow,
  places: ReadonlyMap<Column, number>,
  width: number,
): SourceRow {
  const at = (column: Column) => fields[places.get(column) ?? -1] ?? ''
  return {
    name: at('name').trim(),
    port: at('port').trim(),
    ipAddress: at('ipAddress').trim(),
    // As it is: a space may be part of it.
    rconPassword: new Secret(at('rconPassword')),
    memory: at('memory').trim(),
    ...{ type: 'VANILLA', version: 'LATEST' },
    problem: fields.length > width ? `Line ${line} has ${fields.length} fields, the header ${width}.` : null,
  }
}

const refuse = (message: string) => invalidInput([{ field: 'source.text', message }])
