import { Button } from '@mantine/core'
import { formatAddress } from '../../../shared/describe.ts'
import type { PanelServer } from '../../../shared/model.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { EntryCard } from '../../components/entry-card.tsx'
import { Fact, Facts } from '../../components/facts.tsx'
import { formatGigabytes, typeNames } from '../../components/format.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { Status } from '../../components/status.tsx'
import type { Problem } from '../../problem.ts'
import styles from './panel.module.css'

interface Props {
  server: PanelServer
  problem: Problem | null
  onSignOut(): Promise<void>
}

/** What the panel shows of its server. */
export function PanelServerView({ server, problem, onSignOut }: Props) {
  const address = formatAddress(server.ipAddress, server.port)
  return (
    <EntryCard title={server.name}>
      <div role="status">
        <Status status={server.status} />
      </div>
      {problem && <ProblemNotice problem={problem} />}
      <div className={styles.address}>
        <span className="mono">{address}</span>
        {server.addressFinal && (
          <CopyButton label="Copy address" onCopy={() => navigator.clipboard.writeText(address)} />
        )}
      </div>
      {!server.addressFinal && (
        <p className="secondary small">The address may still change until the server is Online.</p>
      )}
      <Facts>
        <Fact name="Type">{typeNames[server.type]}</Fact>
        <Fact name="Version">{server.resolvedVersion ?? server.version}</Fact>
        <Fact name="Memory">{formatGigabytes(server.memory)}</Fact>
      </Facts>
      <Button variant="subtle" color="gray" className={styles.out ?? ''} onClick={() => void onSignOut()}>
        Sign out
      </Button>
    </EntryCard>
  )
}
