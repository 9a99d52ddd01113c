import { Button, Skeleton, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { Adoption, FoundContainer } from '../../../shared/adoption.ts'
import { nameSchema } from '../../../shared/fields.ts'
import { gameText } from '../../components/backups/backup-words.ts'
import { Fact, Facts } from '../../components/facts.tsx'
import { fieldErrors, focusWrong } from '../../components/field-errors.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { formatGigabytes } from '../../components/format.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useLoaded } from '../../components/use-loaded.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import styles from './found.module.css'
import { rconWords } from './found-words.ts'

interface Props {
  /** Null before the first time. */
  container: FoundContainer | null
  opened: boolean
  onClose(): void
  onGone(): void
}

/** What adopting a container would write down, before it does. */
export function AdoptDialog({ container, opened, onClose, onGone }: Props) {
  return (
    <FormDialog opened={opened} onClose={onClose} onGone={onGone} title={`Adopt ${container?.name ?? 'it'}`}>
      {container && <Preview container={container} onClose={onClose} />}
    </FormDialog>
  )
}

function Preview({ container, onClose }: { container: FoundContainer; onClose(): void }) {
  const client = useClient()
  const containerId = container.id
  const { value, problem } = useLoaded(() => client.found.preview({ containerId }), containerId)
  if (value) return <AdoptForm adoption={value} onClose={onClose} />
  return (
    <div className={styles.preview}>
      {problem ? (
        <ProblemNotice problem={problem} />
      ) : (
        <Skeleton height={180} role="status" aria-label="Reading the container" />
      )}
    </div>
  )
}

const isName = (name: unknown): name is 'name' => name === 'name'

function AdoptForm({ adoption, onClose }: { adoption: Adoption; onClose(): void }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const [, go] = useLocation()
  const action = useAction()
  const frame = useRef<HTMLFormElement>(null)
  const [name, setName] = useState(adoption.name)
  const [wrong, setWrong] = useState<string | null>(null)
  const { containerId } = adoption
  // It comes into a dialog that may be open already.
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])

  const refuse = (message: string | null) => {
    setWrong(message)
    if (message) focusWrong(frame.current)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const parsed = nameSchema.safeParse(name)
    if (!parsed.success) return refuse(parsed.error.issues[0]?.message ?? null)
    void action.run(async () => {
      try {
        const server = await client.found.adopt({ containerId, name: parsed.data })
        putServer(server)
        onClose()
        go(`/servers/${server.id}`)
      } catch (error) {
        const { fields, other } = fieldErrors(problemOf(error), isName, { NAME_TAKEN: 'name' })
        refuse(fields.name ?? null)
        if (other) throw error
      }
    })
  }
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>Nothing is restarted or changed.</p>}
      buttons={
        <Button type="submit" loading={action.busy}>
          Adopt
        </Button>
      }
    >
      <TextInput
        ref={first}
        data-autofocus
        label="Name"
        autoComplete="off"
        value={name}
        error={wrong}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <AdoptionFacts adoption={adoption} />
      {adoption.notes.length > 0 && (
        <ul className={styles.notes}>
          {adoption.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </DialogForm>
  )
}

function AdoptionFacts({ adoption }: { adoption: Adoption }) {
  const { port, rconPort, passwordFound, memory, mount, composeProject } = adoption
  return (
    <Facts>
      <Fact name="Port" mono>
        {port}
      </Fact>
      <Fact name="RCON">
        {rconWords(rconPort)}, {passwordFound ? 'its password is known' : 'no password found'}
      </Fact>
      <Fact name="Memory">{formatGigabytes(memory)}</Fact>
      <Fact name="Game">{gameText(adoption)}</Fact>
      <Fact name={mount.type === 'bind' ? 'World folder' : 'World volume'} mono>
        {mount.source}
      </Fact>
      {composeProject && <Fact name="Compose">project {composeProject}</Fact>}
    </Facts>
  )
}
