import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NoCsv, parseCsv } from '../../../src/main/adoption/csv.ts'
import { heapOf, parseHeap } from '../../../src/main/adoption/heap.ts'
import { parseGigabytes } from '../../../src/main/adoption/row-values.ts'
import { readTable } from '../../../src/main/adoption/table.ts'

const GB = 1024 ** 3
const separators = [',', ';', '\t'] as const
const breaks = ['\r\n', '\n', '\r'] as const
/** Every field in quotes: what RFC 4180 can carry. */
const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`
const rowsOf = (text: string) => parseCsv(text, 1001).rows.map(({ fields }) => fields)

describe('a table', () => {
  test('reads back whatever was written, whatever stands in its fields', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('a,b', 'a;b', 'a\tb', 'x\r\ny', '"', '=1+1', ' '))
    const rows = fc
      .integer({ min: 2, max: 5 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1 }))
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(...separators),
        fc.constantFrom(...breaks),
        (table, separator, end) => {
          const header = table[0]?.map((_, index) => `c${index}`) ?? []
          const text = [header, ...table].map((row) => row.map(quoted).join(separator)).join(end)
          expect(rowsOf(text)).toEqual([header, ...table])
          expect(parseCsv(text, 1001).separator).toBe(separator)
        },
      ),
    )
  })

  test('without quotes is read as it stands', () => {
    expect(rowsOf('name;port\nA b ; 25565\n\n;\n')).toEqual([
      ['name', 'port'],
      ['A b ', ' 25565'],
      ['', ''],
    ])
  })

  test('never takes more time than its length, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ';') }), (text) => {
        try {
          parseCsv(text, 1001)
        } catch (error) {
          expect(error).toBeInstanceOf(NoCsv)
        }
      }),
    )
    expect(() => parseCsv(`"${'""'.repeat(400_000)}`, 1001)).toThrow('a quote is not closed')
  })

  test.each([
    ['name,port\n"a,1', 'Line 2: a quote is not closed.'],
    ['name,port\na"b,1', 'Line 2: a quote in the middle of a field.'],
    ['name,port\n"a"b,1', 'Line 2: there is text behind a closing quote.'],
    [`name\n${'x\n'.repeat(1001)}`, 'It has more than 1000 rows.'],
  ])('%j is refused', (text, message) => {
    expect(() => parseCsv(text, 1001)).toThrow(message)
  })
})

describe('a table of servers', () => {
  test('has its columns in any order and case, with a mark before them; others are named and not used', () => {
    const { source, rows } = readTable(
      '\ufeffPort;comment;NAME;Memory;ip address;rcon_password\n25566;x;A;2;;" p;w"\n',
    )
    expect(source).toBe('A table of 1 rows with semicolons; not used: comment')
    expect(rows).toMatchObject([{ name: 'A', port: '25566', memory: '2', ipAddress: '', problem: null }])
    expect(rows[0]?.rconPassword.reveal()).toBe(' p;w')
  })

  test.each([
    ['', /empty/],
    ['name,memory\nA,1', /Missing: port; known: name, port, ipAddress, rconPassword, memory/],
    ['name,port,Name\n', /The column name is there twice/],
    ['n\0a\0m\0e\0', /UTF-16/],
  ])('%j is refused', (text, message) => {
    expect(() => readTable(text)).toThrow(message)
  })

  test('a row with too many fields is named', () => {
    expect(readTable('name,port\nA,1,2').rows[0]?.problem).toBe('Line 2 has 3 fields, the header 2.')
  })
})

describe('memory', () => {
  test.each([
    ['2', 2],
    ['2.5', 2.5],
    ['2,5', 2.5],
    ['2 GB', 2],
    ['2048 MB', 2],
    ['512m', 0.5],
    ['1g', 1],
    ['lots', null],
    ['', null],
    ['-1', null],
    ['1e3', null],
  ])('of a row: %s', (text, gb) => {
    expect(parseGigabytes(text)).toBe(gb)
  })

  test.each([
    ['2G', 2 * GB],
    ['2g', 2 * GB],
    ['2048M', 2 * GB],
    ['1048576k', GB],
    ['1073741824', GB],
    ['50%', 2 * GB],
    ['0%', null],
    ['101%', null],
    ['much', null],
    ['1.5G', null],
  ])('of a container: %s', (text, bytes) => {
    expect(parseHeap(text, 4 * GB)).toBe(bytes)
  })

  test.each([
    [{ MEMORY: '1G', MAX_MEMORY: '3G' }, 0, 3072],
    [{ MEMORY: '75%' }, 4 * GB, 3072],
    [{ MEMORY: '' }, 4 * GB, 1024],
    [{ MEMORY: 'odd' }, 0, 1024],
    [{}, 3 * GB, 2457],
    [{}, 0, 1024],
    [{ MEMORY: '512k' }, 0, 1],
  ])('of a container with %j and a limit of %i bytes', (env, limitBytes, mb) => {
    expect(heapOf({ env: env as Record<string, string>, limitBytes, totalBytes: null })).toBe(mb)
  })
})
