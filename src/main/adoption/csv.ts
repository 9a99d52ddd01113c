/** What stands between fields; the header tells which. */
export type Separator = ',' | ';' | '\t'

const separators: readonly Separator[] = [',', ';', '\t']

/** A table as text: the rows of fields, in order. */
export interface Csv {
  separator: Separator
  rows: CsvRow[]
}

export interface CsvRow {
  /** Of its first character, from 1. */
  line: number
  fields: string[]
}

/** A text that is no table. */
export class NoCsv extends Error {
  override readonly name = 'NoCsv'
}

/**
 * Reads a table by RFC 4180: fields in double quotes may hold separators, line breaks and, doubled, quotes. Lines end
 * with CRLF, LF or CR; empty ones are passed over. Every field is text and nothing else.
 *
 * @param mostRows header included
 * @throws NoCsv for an open quote, text beside quotes, or too many rows
 */
export function parseCsv(text: string, mostRows: number): Csv {
  const separator = separatorOf(text)
  const rows: CsvRow[] = []
  let at = 0
  let line = 1
  while (at < text.length) {
    const row: CsvRow = { line, fields: [] }
    for (let more = true; more; ) {
      const field = readField(text, at, separator, line)
      row.fields.push(field.value)
      line += field.breaks
      at = field.end
      more = text[at] === separator
      if (more) at += 1
    }
    if (at < text.length) {
      at += text.startsWith('\r\n', at) ? 2 : 1
      line += 1
    }
    if (row.fields.length > 1 || row.fields[0]?.trim()) rows.push(row)
    if (rows.length > mostRows) throw new NoCsv(`It has more than ${mostRows - 1} rows.`)
  }
  return { separator, rows }
}

/** The one that is most often in the first line, outside of quotes. */
function separatorOf(text: string): Separator {
  const counts = new Map<string, number>(separators.map((separator) => [separator, 0]))
  let quoted = false
  for (const character of text.trimStart()) {
    if (character === '"') quoted = !quoted
    if (quoted) continue
    if (character === '\n' || character === '\r') break
    const count = counts.get(character)
    if (count !== undefined) counts.set(character, count + 1)
  }
  const count = (separator: Separator) => counts.get(separator) ?? 0
  return separators.reduce((best, one) => (count(one) > count(best) ? one : best), ',')
}

interface Field {
  value: string
  /** Where the next thing is: a separator, a line break or the end. */
  end: number
  /** Line breaks in it. */
  breaks: number
}

function readField(text: string, start: number, separator: Separator, line: number): Field {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') {
      if (text[end] === '"') throw new NoCsv(`Line ${line}: a quote in the middle of a field.`)
      end += 1
    }
    return { value: text.slice(start, end), end, breaks: 0 }
  }
  let value = ''
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at)
    if (quote < 0) throw new NoCsv(`Line ${line}: a quote is not closed.`)
    value += text.slice(at, quote)
    at = quote + 1
    if (text[at] === '"') {
      value += '"'
      at += 1
      continue
    }
    if (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r')
      throw new NoCsv(`Line ${line}: there is text behind a closing quote.`)
    return { value, end: at, breaks: value.split(/\r\n|\r|\n/).length - 1 }
  }
}
