import type { FoundVolume } from '../../../shared/adoption.ts'
import { DeleteForGoodForm } from '../../components/delete-for-good-form.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useClient } from '../../store/store.ts'

interface Props {
  /** Null before the first time. */
  volume: FoundVolume | null
  opened: boolean
  onClose(): void
  onGone(): void
}

/** Asks for the volume's name before a world without a server is destroyed. */
export function RemoveVolumeDialog({ volume, opened, onClose, onGone }: Props) {
  const client = useClient()
  return (
    <FormDialog opened={opened} onClose={onClose} onGone={onGone} title="Delete this world for good?">
      {volume && (
        <DeleteForGoodForm
          name={volume.name}
          remove={() => client.found.removeVolume({ volume: volume.name, confirm: volume.name })}
          onClose={onClose}
        >
          <p>
            The volume is destroyed with the world in it. <strong>It can’t be brought back.</strong>
          </p>
        </DeleteForGoodForm>
      )}
    </FormDialog>
  )
}
