import { describe, expect, it } from 'vitest'
import { newPortWords } from '../../../src/renderer/pages/bin/use-restore.ts'
import { bin, server } from '../../support/fixture/samples.ts'

const [entry] = bin

describe('newPortWords', () => {
  it('says nothing when the address is the old one', () => {
    const same = server({ id: entry!.id, name: entry!.name, port: entry!.port })
    expect(newPortWords(entry!, same)).toBeNull()
  })

  it('says which port a server got in the place of its old one', () => {
    const moved = server({ id: entry!.id, name: 'Old harbour', port: 25599 })
    expect(newPortWords(entry!, moved)).toBe(
      'Old harbour got port 25599: its old one, 25580, is not free any more. Its address is now 192.168.1.20:25599.',
    )
  })
})
