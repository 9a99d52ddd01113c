import type { DataComparison } from '../../shared/data.ts'
import type { ComparedServer } from '../database/comparison.ts'

/**
 * What going back to a copy would change, server by server.
 *
 * @param now the servers of the database in use
 * @param then those of the copy
 */
export function compareServers(
  now: readonly ComparedServer[],
  then: readonly ComparedServer[],
): Pick<DataComparison, 'returning' | 'forgotten' | 'changed'> {
  const present = new Map(now.map((server) => [server.id, server]))
  const earlier = new Map(then.map((server) => [server.id, server]))
  return {
    returning: then.filter(({ id }) => !present.has(id)).map(({ name }) => name),
    forgotten: now.filter(({ id }) => !earlier.has(id)).map(({ name }) => name),
    changed: now.flatMap((server) => {
      const other = earlier.get(server.id)
      const differences = other ? differencesOf(server, other) : []
      return differences.length > 0 ? [{ name: server.name, differences }] : []
    }),
  }
}

function differencesOf(now: ComparedServer, then: ComparedServer): string[] {
  const words: [string, (server: ComparedServer) => string][] = [
    ['Name', ({ name }) => name],
    ['Port', ({ port }) => (port === null ? 'none' : String(port))],
    ['Address', ({ address }) => address],
    ['Memory', ({ memoryMb }) => `${memoryMb / 1024} GB`],
    ['Type', ({ type }) => type],
    ['Version', ({ version }) => version],
    ['Status', ({ status }) => status],
  ]
  const told = words.flatMap(([label, read]) =>
    read(now) === read(then) ? [] : [`${label}: ${read(now)} becomes ${read(then)}.`],
  )
  if (now.environment !== then.environment) told.push('Its variables change.')
  if (now.deletedAt === null && then.deletedAt !== null) told.push('It goes to the bin.')
  if (now.deletedAt !== null && then.deletedAt === null) told.push('It comes out of the bin.')
  return told
}
