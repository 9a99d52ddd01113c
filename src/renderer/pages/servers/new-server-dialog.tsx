import { Modal } from '@mantine/core'
import styles from './new-server.module.css'
import { NewServerForm } from './new-server-form.tsx'

/** The dialog behind New server; its fields start afresh each time it opens. */
export function NewServerDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="New server"
      size={480}
      centered
      padding={0}
      classNames={{
        content: styles.content ?? '',
        header: styles.header ?? '',
        body: styles.body ?? '',
      }}
    >
      <NewServerForm onClose={onClose} />
    </Modal>
  )
}
