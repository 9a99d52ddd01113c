import { useEffect, useState } from 'react'
import type { Server } from '../../../shared/model.ts'
import { Ago } from '../../components/ago.tsx'
import { Fact, Facts } from '../../components/facts.tsx'
import { formatBytes, formatGigabytes, typeNames } from '../../components/format.ts'
import { useApp, useClient } from '../../store/store.ts'
import styles from './server.module.css'

/** What the server is made of. */
export function Details({ server }: { server: Server }) {
  const used = useVolumeBytes(server)
  const region = useApp((state) => state.regions?.find(({ id }) => id === server.region) ?? null)
  const host = region?.hosts.find(({ id }) => id === server.host)
  const variables = Object.keys(server.environment)
  return (
    <aside className={`card ${styles.details}`} aria-labelledby="details-title">
      <h2 id="details-title">Details</h2>
      <Facts>
        <Fact name="Type">{typeNames[server.type]}</Fact>
        <Fact name="Version">{versionText(server)}</Fact>
        <Fact name="Memory">
          {formatGigabytes(server.memory)}
          {server.restartNeeded && ' after a restart'}
        </Fact>
        <Fact name="Disk">
          {used === null ? '' : `${formatBytes(used)} of `}
          {formatGigabytes(server.diskSpace)} target
        </Fact>
        <Fact name="Region">{region?.name ?? server.region}</Fact>
        <Fact name="Host">{host?.name ?? server.host}</Fact>
        {variables.length > 0 && (
          <Fact name="Variables" mono>
            {variables.join(', ')}
          </Fact>
        )}
        {(server.adopted || server.composeProject !== null) && (
          <Fact name="Origin">{originText(server)}</Fact>
        )}
        <Fact name="Container" mono>
          {server.containerName}
        </Fact>
        <Fact name="Volume" mono>
          {server.volumeName}
        </Fact>
        <Fact name="Created">
          <Ago at={server.createdAt} />
        </Fact>
      </Facts>
    </aside>
  )
}

function originText({ composeProject }: Server): string {
  return composeProject === null ? 'Adopted' : `Adopted from compose project ${composeProject}`
}

function versionText({ version, resolvedVersion }: Server): string {
  return resolvedVersion && resolvedVersion !== version ? `${resolvedVersion} (${version})` : version
}

/** Bytes of the world volume, asked for again when the status changes; null while nobody can tell. */
function useVolumeBytes({ id, status }: Server): number | null {
  const client = useClient()
  const [bytes, setBytes] = useState<number | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of status is when the volume may have grown.
  useEffect(() => {
    let wanted = true
    client.servers.usage({ id }).then(
      ({ volumeBytes }) => wanted && setBytes(volumeBytes),
      () => wanted && setBytes(null),
    )
    return () => {
      wanted = false
    }
  }, [client, id, status])
  return bytes
}
