import { FormDialog } from '../../components/form-dialog.tsx'
import { NewServerForm } from './new-server-form.tsx'

/** The dialog behind New server. */
export function NewServerDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <FormDialog opened={opened} onClose={onClose} title="New server">
      <NewServerForm onClose={onClose} />
    </FormDialog>
  )
}
