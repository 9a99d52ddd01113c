import { Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { BinEntry } from '../../../shared/bin.ts'
import { BackLink } from '../../components/back-link.tsx'
import { Empty } from '../../components/empty.tsx'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { Page } from '../../components/page.tsx'
import { useApp } from '../../store/store.ts'
import { BinTable } from './bin-table.tsx'
import { PurgeDialog } from './purge-dialog.tsx'

/** Deleted servers, each with its world: back into use, or gone for good. */
export function BinPage() {
  const bin = useApp((state) => state.bin)
  // Kept while the dialog fades, and when the row it came from is gone.
  const [purged, setPurged] = useState<BinEntry | null>(null)
  const [purging, dialog] = useDisclosure(false)
  const askPurge = (entry: BinEntry) => {
    setPurged(entry)
    dialog.open()
  }
  return (
    <Page title="Bin" above={<BackLink />} aside={bin?.length ? bin.length : null}>
      {!bin && <Skeleton height={180} role="status" aria-label="Loading the bin" />}
      {bin?.length === 0 && (
        <Empty icon={<IconTrash size={28} stroke={1.25} aria-hidden />} title="The bin is empty">
          A server that you delete comes here. Its world, passwords and settings stay until you delete them
          for good.
        </Empty>
      )}
      {bin && bin.length > 0 && <BinTable entries={bin} onPurge={askPurge} />}
      <PurgeDialog entry={purged} opened={purging} onClose={dialog.close} onGone={() => takeLostFocus()} />
    </Page>
  )
}
