import { modals } from '@mantine/modals'
import { useEffect, useState } from 'react'
import type { WorldBackup } from '../../../shared/worlds.ts'
import { useClient } from '../../store/store.ts'
import { formatBytes, formatExact } from '../format.ts'
import { takeLostFocus } from '../lost-focus.ts'
import { type Action, useAction } from '../use-action.ts'

export interface BackupActions extends Action {
  /** What came of it, for a moment: a tick for the eye, these words for the ear. */
  said: string | null
  verify(): void
  /** Desktop only: asks where to. */
  save(): void
  /** Asks first. */
  askDelete(): void
}

const saidShown = 2000

/** What can be done with the file of a world. */
export function useBackupActions(backup: WorldBackup): BackupActions {
  const client = useClient()
  const action = useAction()
  const [said, setSaid] = useState<string | null>(null)
  const { id, serverName, createdAt, bytes } = backup
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), saidShown)
    return () => clearTimeout(timer)
  }, [said])

  const work = (call: () => Promise<string | null>) => {
    setSaid(null)
    void action.run(async () => setSaid(await call())).then(() => takeLostFocus())
  }
  return {
    ...action,
    said,
    verify: () =>
      work(async () => {
        await client.worlds.verify({ id })
        return 'It reads back as it was written.'
      }),
    save: () => work(async () => ((await client.worlds.saveAs({ id })).saved ? 'Saved.' : null)),
    askDelete: () =>
      modals.openConfirmModal({
        title: 'Delete this backup?',
        children: (
          <p>
            The world of <strong>{serverName}</strong> as it was on {formatExact(createdAt)},{' '}
            {formatBytes(bytes)}, is deleted from the disk. <strong>It can’t be brought back.</strong>
          </p>
        ),
        labels: { confirm: 'Delete backup', cancel: 'Cancel' },
        cancelProps: { 'data-autofocus': true },
        confirmProps: { variant: 'default', className: 'danger' },
        onConfirm: () =>
          work(async () => {
            await client.worlds.remove({ id })
            return null
          }),
      }),
  }
}
