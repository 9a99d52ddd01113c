import type { Found, FoundContainer, FoundVolume } from '../../../shared/adoption.ts'

export interface FoundGroups {
  /** Made by this LightNode, without a record. */
  orphans: FoundContainer[]
  /** Made by hand or by compose, and can be taken over. */
  adoptable: FoundContainer[]
  /** Another LightNode's, or refused. */
  leftAlone: FoundContainer[]
  volumes: FoundVolume[]
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const sorted = <Named extends { name: string }>(all: Named[]): Named[] =>
  all.sort((one, other) => byName.compare(one.name, other.name))

/** What was found, in the parts of the page, each by name. */
export function groupFound({ containers, volumes }: Found): FoundGroups {
  const free = (container: FoundContainer) => container.refusal === null && container.kind !== 'foreign'
  return {
    orphans: sorted(containers.filter((container) => free(container) && container.kind === 'orphan')),
    adoptable: sorted(containers.filter((container) => free(container) && container.kind === 'other')),
    leftAlone: sorted(containers.filter((container) => !free(container))),
    volumes: sorted([...volumes]),
  }
}

/** Why a container is left alone. */
export const refusalWords = ({ kind, refusal }: FoundContainer): string =>
  refusal ?? (kind === 'foreign' ? 'Another LightNode made it.' : 'It cannot be adopted.')

/** What is proposed as the name of a server for a volume of ours: the name in "lightnode-<name>-<six digits>". */
export function nameOfVolume(volume: string): string {
  const slug = /^lightnode-(.+?)-[0-9a-f]{6}(-\w+)?$/.exec(volume)?.[1] ?? ''
  const words = slug.replaceAll('-', ' ').trim().slice(0, 50)
  return words && words.charAt(0).toUpperCase() + words.slice(1)
}

/** How RCON is reached. */
export const rconWords = (rconPort: number | null): string =>
  rconPort === null ? 'through the container' : `port ${rconPort}`
