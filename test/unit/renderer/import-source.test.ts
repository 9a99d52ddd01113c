import { describe, expect, it } from 'vitest'
import {
  decodeTable,
  emptySource,
  readSource,
  sourceErrors,
} from '../../../src/renderer/pages/import/import-source.ts'

const text = 'name,port\nWäldchen 🌲,25565\n'
const utf16 = (bigEndian: boolean): Uint8Array => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}

describe('decodeTable', () => {
  it('reads UTF-8, with and without a byte order mark', () => {
    expect(decodeTable(Buffer.from(text))).toEqual({ text, error: null })
    expect(decodeTable(Buffer.from(`\ufeff${text}`))).toEqual({ text, error: null })
  })

  it('reads UTF-16 of both kinds, told by the byte order mark', () => {
    expect(decodeTable(utf16(false))).toEqual({ text, error: null })
    expect(decodeTable(utf16(true))).toEqual({ text, error: null })
  })

  it('refuses what is no text, instead of guessing', () => {
    expect(decodeTable(Buffer.from('name,port\nW\u00e4ldchen', 'latin1')).error).toMatch(/UTF-8/)
    expect(decodeTable(utf16(false).subarray(2)).error).not.toBeNull()
    expect(decodeTable(Buffer.from([0x50, 0x4b, 3, 4, 0, 0])).error).toMatch(/no text/)
  })

  it('refuses a file that is no table of servers by its size', () => {
    expect(decodeTable(Buffer.alloc(2_000_003, 'a')).error).toMatch(/1 MB/)
  })
})

describe('readSource', () => {
  it('sends a table, or a path with the password where one is given', () => {
    expect(readSource({ ...emptySource, text })).toEqual({ source: { kind: 'csv', text }, errors: null })
    const file = { ...emptySource, kind: 'file' as const, path: ' /a/b.lightnode ' }
    expect(readSource(file).source).toEqual({ kind: 'file', path: '/a/b.lightnode' })
    expect(readSource({ ...file, password: 'p w' }).source).toMatchObject({ password: 'p w' })
  })

  it('names the field that is missing', () => {
    expect(readSource({ ...emptySource, text: ' \n' }).errors).toHaveProperty('text')
    expect(readSource({ ...emptySource, kind: 'file' }).errors).toHaveProperty('path')
    expect(readSource({ ...emptySource, text: 'a'.repeat(1_000_001) }).errors?.text).toMatch(/1 MB/)
  })

  it('finds its fields in a refusal of the core', () => {
    expect(sourceErrors([{ field: 'source.text', message: 'No.' }])).toEqual({ text: 'No.' })
    expect(sourceErrors([{ field: 'fixes', message: 'No.' }])).toEqual({})
  })
})
