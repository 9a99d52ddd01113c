import { Button, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconServer2, IconTrash } from '@tabler/icons-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { Empty } from '../../components/empty.tsx'
import { EngineBanner } from '../../components/engine-banner.tsx'
import { plural } from '../../components/format.ts'
import { Page } from '../../components/page.tsx'
import { useApp } from '../../store/store.ts'
import { MoreServers } from './more-servers.tsx'
import { NewServerDialog } from './new-server-dialog.tsx'
import styles from './servers.module.css'
import { ServersTable } from './servers-table.tsx'

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Every server, and the way to a new one. */
export function ServersPage() {
  const known = useApp((state) => state.servers)
  const [creating, dialog] = useDisclosure(false)
  const servers = useMemo(
    () => known && Object.values(known).sort((one, other) => byName.compare(one.name, other.name)),
    [known],
  )
  return (
    <Page
      title="Servers"
      aside={<Counts servers={servers?.length ?? 0} />}
      action={
        <>
          <MoreServers />
          <Button leftSection={<IconPlus size={16} stroke={2} aria-hidden />} onClick={dialog.open}>
            New server
          </Button>
        </>
      }
    >
      <EngineBanner />
      {!servers && <LoadingTable />}
      {servers?.length === 0 && <NoServers onCreate={dialog.open} />}
      {servers && servers.length > 0 && <ServersTable servers={servers} />}
      <NewServerDialog opened={creating} onClose={dialog.close} />
    </Page>
  )
}

/** How many there are, and the way to the bin while something is in it. */
function Counts({ servers }: { servers: number }) {
  const bin = useApp((state) => state.bin?.length ?? 0)
  return (
    <div className={styles.counts}>
      {servers > 0 && <span>{servers}</span>}
      {bin > 0 && (
        <Link href="/bin" className={styles.bin ?? ''}>
          <IconTrash size={15} stroke={1.75} aria-hidden />
          Bin {bin}
        </Link>
      )}
    </div>
  )
}

function NoServers({ onCreate }: { onCreate(): void }) {
  const bin = useApp((state) => state.bin?.length ?? 0)
  return (
    <Empty
      icon={<IconServer2 size={28} stroke={1.25} aria-hidden />}
      title={bin ? 'No servers in use' : 'No servers yet'}
      action={
        <Button variant="default" mt={10} onClick={onCreate}>
          {bin ? 'Create a server' : 'Create your first server'}
        </Button>
      }
    >
      {bin > 0 ? (
        <>
          {plural(bin, 'deleted server is', 'deleted servers are')} in <Link href="/bin">the bin</Link>, with
          the world of each: restore one, or create a new one.
        </>
      ) : (
        <>
          Give one a name and some memory. LightNode finds a free port, starts it in Docker and shows the
          address and passwords once the game answers. Servers that exist already can be{' '}
          <Link href="/found">adopted</Link> or <Link href="/import">imported</Link>.
        </>
      )}
    </Empty>
  )
}

const shape = [160, 120, 190, 140, 170]

function LoadingTable() {
  return (
    <div className={`card ${styles.loading}`} role="status" aria-label="Loading servers">
      {shape.map((width) => (
        <div key={width} className={styles.loadingRow}>
          <Skeleton height={12} width={width} />
          <Skeleton height={12} width={90} />
          <Skeleton height={12} width={150} />
          <Skeleton height={12} width={40} />
        </div>
      ))}
    </div>
  )
}
