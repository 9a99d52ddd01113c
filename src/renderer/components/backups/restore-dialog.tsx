import { Button, Radio } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { Server } from '../../../shared/model.ts'
import type { WorldBackup } from '../../../shared/worlds.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import { focusWrong } from '../field-errors.ts'
import { DialogForm, FormDialog } from '../form-dialog.tsx'
import { formatExact } from '../format.ts'
import { ProblemNotice } from '../notice.tsx'
import { useAction } from '../use-action.ts'
import { gameText } from './backup-words.ts'
import styles from './backups.module.css'
import { NewServerFields } from './new-server-fields.tsx'
import { type NewErrors, type NewValues, newErrors, readNew } from './restore-values.ts'

interface FormProps {
  backup: WorldBackup
  onClose(): void
}

/** Where a world goes that comes back from its file: into its server, or into a new one. */
export function RestoreDialog({ opened, onGone, ...props }: FormProps & { opened: boolean; onGone(): void }) {
  return (
    <FormDialog opened={opened} onClose={props.onClose} onGone={onGone} title="Restore a backup">
      <RestoreForm {...props} />
    </FormDialog>
  )
}

function RestoreForm({ backup, onClose }: FormProps) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const server = useApp((state) => state.servers?.[backup.serverId] ?? null)
  const [, go] = useLocation()
  const action = useAction()
  const frame = useRef<HTMLFormElement>(null)
  const [asNew, setAsNew] = useState(server === null)
  const [values, setValues] = useState<NewValues>({
    name: `${server?.name ?? backup.serverName} restored`,
    memory: server?.memory ?? 2,
    acceptEula: false,
  })
  const [errors, setErrors] = useState<NewErrors>({})
  const { id } = backup

  const refuse = (wrong: NewErrors) => {
    setErrors(wrong)
    focusWrong(frame.current)
  }
  const intoNew = async () => {
    const { input, errors: wrong } = readNew(values)
    if (!input) return refuse(wrong)
    await action.run(async () => {
      try {
        const created = await client.worlds.restoreAsNew({ id, ...input })
        onClose()
        go(`/servers/${created.id}`)
      } catch (error) {
        const { fields, other } = newErrors(problemOf(error))
        refuse(fields)
        if (other) throw error
      }
    })
  }
  const intoOwn = (serverId: string) =>
    action.run(async () => {
      putServer(await client.worlds.restore({ id, serverId }))
      onClose()
      go(`/servers/${serverId}`)
    })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void (asNew || !server ? intoNew() : intoOwn(server.id))
  }
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={
        <p>
          {asNew || !server
            ? 'Makes a new server with new passwords and a port of its own.'
            : ownWords(server, backup)}
        </p>
      }
      buttons={
        <Button type="submit" loading={action.busy}>
          {asNew ? 'Create server' : 'Restore'}
        </Button>
      }
    >
      <p>
        The world of <strong>{backup.serverName}</strong> as it was on {formatExact(backup.createdAt)},{' '}
        {gameText(backup)}.
      </p>
      <Radio.Group
        aria-label="Where to"
        value={asNew ? 'new' : 'own'}
        onChange={(value) => setAsNew(value === 'new')}
      >
        <div className={styles.choices}>
          {server && (
            <Radio value="own" label={`Into ${server.name}, in place of its present world`} data-autofocus />
          )}
          <Radio value="new" label="Into a new server" data-autofocus={!server || undefined} />
        </div>
      </Radio.Group>
      {asNew && <NewServerFields values={values} errors={errors} onChange={setValues} />}
    </DialogForm>
  )
}

function ownWords({ status }: Server, backup: WorldBackup): string {
  const kept = 'The present world is set aside, so that you can go back to it.'
  const runs = status === 'online' || status === 'starting'
  const becomes = `The server becomes ${gameText(backup)}.`
  return runs ? `Players are disconnected. ${becomes} ${kept}` : `${becomes} ${kept}`
}
