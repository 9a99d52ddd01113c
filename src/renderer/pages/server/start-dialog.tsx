import { Button, Checkbox } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Server } from '../../../shared/model.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { typeNames } from '../../components/format.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import styles from './server.module.css'

interface FormProps {
  server: Server
  onClose(): void
  /** The EULA is known to be missing. */
  eula: boolean
}

/** Before a start that needs a word: it makes a new world, or the EULA was never accepted. */
export function StartDialog({ opened, ...props }: FormProps & { opened: boolean }) {
  return (
    <FormDialog opened={opened} onClose={props.onClose} title={`Start ${props.server.name}?`}>
      <StartForm {...props} />
    </FormDialog>
  )
}

function StartForm({ server, onClose, eula }: FormProps) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const [asksEula, setAsksEula] = useState(eula)
  const [accepted, setAccepted] = useState(false)
  const box = useRef<HTMLInputElement>(null)
  // What was asked for once is the next thing to do.
  useEffect(() => {
    if (asksEula) box.current?.focus()
  }, [asksEula])
  const { id, newWorld, run, type } = server
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void action.run(async () => {
      try {
        const started = asksEula
          ? client.servers.retry({ id, acceptEula: true })
          : client.servers.start({ id })
        putServer(await started)
        onClose()
      } catch (error) {
        if (asksEula || problemOf(error).code !== 'EULA_REQUIRED') throw error
        setAsksEula(true)
      }
    })
  }
  return (
    <DialogForm
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={newWorld ? <p>Starts {typeNames[type]} with a new world.</p> : null}
      buttons={
        <>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" data-autofocus disabled={asksEula && !accepted} loading={action.busy}>
            Start
          </Button>
        </>
      }
    >
      {newWorld && (
        <p>
          It has no world yet, so <strong>a new one is made</strong>.
          {run === null && ' If players know this server, adopt the container that holds its world instead.'}
        </p>
      )}
      {asksEula && (
        <div className={styles.eula}>
          <Checkbox
            ref={box}
            label="I accept the Minecraft EULA"
            checked={accepted}
            onChange={(event) => setAccepted(event.currentTarget.checked)}
          />
          <a className="small" href="https://aka.ms/MinecraftEULA" target="_blank" rel="noreferrer">
            Read it
          </a>
        </div>
      )}
    </DialogForm>
  )
}
