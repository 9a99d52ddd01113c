import { Button, NumberInput, Radio } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Server } from '../../../shared/model.ts'
import { fieldErrors, focusWrong } from '../../components/field-errors.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import styles from './edit.module.css'
import { newContainerWords } from './edit-words.ts'
import { isPortField, portWords, readPort } from './port-choice.ts'
import { underWay } from './task-words.ts'

interface FormProps {
  server: Server
  onClose(): void
}

/** Another port: the next free one, or one that a person chooses. */
export function ChangePortDialog({ opened, ...props }: FormProps & { opened: boolean }) {
  return (
    <FormDialog opened={opened} onClose={props.onClose} title={`Change the port of ${props.server.name}`}>
      <PortForm {...props} />
    </FormDialog>
  )
}

function PortForm({ server, onClose }: FormProps) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const host = useApp((state) =>
    state.regions?.flatMap(({ hosts }) => hosts).find(({ id }) => id === server.host),
  )
  const action = useAction()
  const frame = useRef<HTMLFormElement>(null)
  const [own, setOwn] = useState(false)
  const [port, setPort] = useState<number | string>('')
  const [wrong, setWrong] = useState<string | null>(null)

  // Once the server is being stopped for it, its page says how it goes.
  const begun = action.busy && underWay(server) !== null
  useEffect(() => {
    if (begun) onClose()
  }, [begun, onClose])

  const refuse = (message: string | null) => {
    setWrong(message)
    if (message) focusWrong(frame.current)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { input, error } = readPort(own ? port : null)
    refuse(error)
    if (!input) return
    void action.run(async () => {
      try {
        putServer(await client.servers.changePort({ id: server.id, ...input }))
        onClose()
      } catch (cause) {
        const { fields, other } = fieldErrors(
          problemOf(cause),
          isPortField,
          own ? { PORT_TAKEN: 'port' } : {},
        )
        refuse(fields.port ?? null)
        if (other) throw cause
      }
    })
  }
  const range = host ? `, from ${host.gamePorts.first} to ${host.gamePorts.last}` : ''
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>{portWords(server)}</p>}
      buttons={
        <Button type="submit" loading={action.busy}>
          Change port
        </Button>
      }
    >
      <p>
        It is <span className="mono">{server.port}</span> now. Players need the new address.
      </p>
      <Radio.Group
        aria-label="New port"
        value={own ? 'own' : 'next'}
        onChange={(value) => setOwn(value === 'own')}
      >
        <div className={styles.port}>
          <Radio value="next" label="The next free port" data-autofocus />
          <div>
            <Radio value="own" label={`This port${range}:`} />
            <NumberInput
              classNames={{ root: styles.number ?? '', wrapper: styles.digits ?? '' }}
              aria-label="Port"
              value={port}
              error={wrong}
              onChange={(value) => {
                setPort(value)
                setOwn(true)
              }}
              allowDecimal={false}
              allowNegative={false}
              clampBehavior="none"
              hideControls
            />
          </div>
        </div>
      </Radio.Group>
      {server.adopted && <p className={styles.say}>{newContainerWords(server)}</p>}
    </DialogForm>
  )
}
