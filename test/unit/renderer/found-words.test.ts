import { describe, expect, it } from 'vitest'
import { groupFound, nameOfVolume, refusalWords } from '../../../src/renderer/pages/found/found-words.ts'
import { nameSchema } from '../../../src/shared/fields.ts'
import { found } from '../../support/fixture/samples-found.ts'

describe('groupFound', () => {
  it('offers what can be adopted, and only that', () => {
    const { adoptable, orphans, leftAlone, volumes } = groupFound(found)
    expect(adoptable.map(({ name }) => name)).toEqual(['family-mc-1', 'old-minecraft'])
    expect(orphans.map(({ name }) => name)).toEqual(['lightnode-summer-camp-91ad04'])
    expect(leftAlone.map(({ name }) => name)).toEqual([
      'host-net-server',
      'lightnode-lobby-77aa10',
      'try-out',
    ])
    expect(volumes).toHaveLength(2)
  })

  it('offers a foreign one under no circumstances, and an orphan that is refused neither', () => {
    const containers = found.containers.map((container) =>
      container.kind === 'foreign' ? { ...container, refusal: null } : { ...container, refusal: 'No.' },
    )
    const groups = groupFound({ containers, volumes: [] })
    expect([...groups.adoptable, ...groups.orphans]).toEqual([])
    expect(groups.leftAlone).toHaveLength(containers.length)
    for (const container of groups.leftAlone) expect(refusalWords(container)).not.toBe('')
  })
})

describe('nameOfVolume', () => {
  it('proposes the name that the volume was made for', () => {
    expect(nameOfVolume('lightnode-winter-games-0c5e11')).toBe('Winter games')
    expect(nameOfVolume('lightnode-archive-2023-fa3e90-c1')).toBe('Archive 2023')
  })

  it('proposes nothing where the volume does not say', () => {
    expect(nameOfVolume('5b1f0c7a9d2e')).toBe('')
    expect(nameSchema.safeParse(nameOfVolume(`lightnode-${'a'.repeat(80)}-0c5e11`)).success).toBe(true)
  })
})
