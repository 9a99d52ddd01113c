import type { BinEntry } from '../../../shared/bin.ts'
import { DeleteForGoodForm } from '../../components/delete-for-good-form.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useClient } from '../../store/store.ts'

interface DialogProps {
  /** Null before the first time. */
  entry: BinEntry | null
  opened: boolean
  onClose(): void
  onGone(): void
}

/** Asks for the server's name before it is destroyed with its world. */
export function PurgeDialog({ entry, opened, onClose, onGone }: DialogProps) {
  const client = useClient()
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      onGone={onGone}
      title={`Delete ${entry?.name ?? 'it'} for good?`}
    >
      {entry && (
        <DeleteForGoodForm
          name={entry.name}
          remove={() => client.bin.purge({ id: entry.id, name: entry.name })}
          onClose={onClose}
        >
          <p>
            The world is destroyed, with its passwords and settings.{' '}
            <strong>It can’t be brought back.</strong>
          </p>
          <p className="secondary small">
            Volume <code>{entry.volumeName}</code>
          </p>
        </DeleteForGoodForm>
      )}
    </FormDialog>
  )
}
