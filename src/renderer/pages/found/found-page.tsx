import { Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Found, FoundContainer } from '../../../shared/adoption.ts'
import { BackLink } from '../../components/back-link.tsx'
import { Empty } from '../../components/empty.tsx'
import { EngineBanner } from '../../components/engine-banner.tsx'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import { useLoaded } from '../../components/use-loaded.ts'
import { useApp, useClient } from '../../store/store.ts'
import { AdoptDialog } from './adopt-dialog.tsx'
import { ContainersTable } from './containers-table.tsx'
import styles from './found.module.css'
import { groupFound } from './found-words.ts'
import { LeftAlone } from './left-alone.tsx'
import { VolumesTable } from './volumes-table.tsx'

/**
 * Game containers and volumes on this machine that no server stands for, and how to take them over.
 *
 * @param first the id of the container whose dialog opens at once; null for none
 */
export function FoundPage({ first }: { first: string | null }) {
  const client = useClient()
  const revision = useApp((state) => state.foundRevision)
  const known = useApp((state) => state.engine !== null)
  const usable = useApp((state) => state.engine?.state === 'available')
  const { value, problem } = useLoaded(() => client.found.list({}), `${revision}/${usable}`)
  return (
    <Page
      title="Found on this machine"
      above={<BackLink />}
      action={
        <Link href="/import" className={styles.import ?? ''}>
          Import servers…
        </Link>
      }
    >
      <EngineBanner />
      {problem && usable && <ProblemNotice problem={problem} />}
      {!value && !problem && (usable || !known) && (
        <Skeleton height={220} role="status" aria-label="Looking for containers" />
      )}
      {value && usable && <Groups found={value} first={first} />}
    </Page>
  )
}

function Groups({ found, first }: { found: Found; first: string | null }) {
  const { orphans, adoptable, leftAlone, volumes } = groupFound(found)
  // Kept while the dialog fades, and when the row it came from is gone.
  const [chosen, setChosen] = useState<FoundContainer | null>(null)
  const [adopting, dialog] = useDisclosure(false)
  const adopt = (container: FoundContainer) => {
    setChosen(container)
    dialog.open()
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what was there when the page came.
  useEffect(() => {
    const container = [...adoptable, ...orphans].find(({ id }) => id === first)
    if (container) adopt(container)
  }, [first])
  const none = found.containers.length + found.volumes.length === 0
  if (none)
    return (
      <Empty icon={<IconSearch size={28} stroke={1.25} aria-hidden />} title="Everything here has a server">
        Game containers that were made by hand or by compose are listed here, to be taken over without a
        restart.
      </Empty>
    )
  return (
    <>
      <p className={styles.notice}>
        LightNode has no record of these, and changes nothing here until you say so. Adopting only writes down
        what is found: the container runs on as it is.
      </p>
      <ContainersTable title="Can be adopted" containers={adoptable} onAdopt={adopt} />
      <ContainersTable
        title="Made by this LightNode, without a record"
        containers={orphans}
        onAdopt={adopt}
      />
      <VolumesTable volumes={volumes} />
      <LeftAlone containers={leftAlone} />
      <AdoptDialog
        container={chosen}
        opened={adopting}
        onClose={dialog.close}
        onGone={() => takeLostFocus()}
      />
    </>
  )
}
