import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { exportPasswordSchema } from '../../../shared/data.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { focusWrong } from '../../components/field-errors.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useCopy } from '../../components/use-copy.ts'
import { useClient } from '../../store/store.ts'
import { repeatError } from './data-words.ts'
import styles from './settings.module.css'

/** Database and key in one file, sealed by a password. */
export function ExportDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <FormDialog opened={opened} onClose={onClose} title="Export LightNode’s data">
      <ExportForm onClose={onClose} />
    </FormDialog>
  )
}

const emptyErrors: { password: string | null; again: string | null } = { password: null, again: null }

function ExportForm({ onClose }: { onClose(): void }) {
  const client = useClient()
  const action = useAction()
  const frame = useRef<HTMLFormElement>(null)
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [errors, setErrors] = useState(emptyErrors)
  const [file, setFile] = useState<string | null>(null)
  if (file !== null) return <Exported file={file} onClose={onClose} />

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const parsed = exportPasswordSchema.safeParse(password)
    const wrong = parsed.error?.issues[0]?.message ?? null
    const repeated = wrong ? null : repeatError(password, again)
    setErrors({ password: wrong, again: repeated })
    if (!parsed.success || repeated) return focusWrong(frame.current)
    void action.run(async () => setFile((await client.data.export({ password: parsed.data })).file))
  }
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>Writes one file into the data folder.</p>}
      buttons={
        <Button type="submit" loading={action.busy}>
          Export
        </Button>
      }
    >
      <p>
        The file holds the database and the key to its passwords, for another machine. Worlds are not in it.
        Without this password nobody can open it; LightNode does not keep it.
      </p>
      <PasswordInput
        label="Password"
        description={errors.password ? null : 'At least 12 characters.'}
        aria-invalid={errors.password !== null}
        autoComplete="new-password"
        data-autofocus
        value={password}
        error={errors.password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <PasswordInput
        label="The same password again"
        aria-invalid={errors.again !== null}
        autoComplete="new-password"
        value={again}
        error={errors.again}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
    </DialogForm>
  )
}

function Exported({ file, onClose }: { file: string; onClose(): void }) {
  const copy = useCopy()
  return (
    <DialogForm
      onSubmit={(event) => {
        event.preventDefault()
        onClose()
      }}
      what={<p>On another machine, Import reads it with the password.</p>}
      buttons={
        <Button type="submit" autoFocus>
          Done
        </Button>
      }
    >
      <p role="status">The export is written. Keep it, and its password, in a safe place.</p>
      <div className={styles.file}>
        <code>{file}</code>
        <CopyButton icon label="Copy the path" onCopy={() => copy(file)} />
      </div>
    </DialogForm>
  )
}
