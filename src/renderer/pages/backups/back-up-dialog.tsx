import { Button, NativeSelect } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { readyServers } from './backups-words.ts'

interface Props {
  opened: boolean
  onClose(): void
  onGone(): void
}

/** Asks whose world is backed up now. */
export function BackUpDialog({ opened, onClose, onGone }: Props) {
  return (
    <FormDialog opened={opened} onClose={onClose} onGone={onGone} title="Back up a world">
      <BackUpForm onClose={onClose} />
    </FormDialog>
  )
}

function BackUpForm({ onClose }: { onClose(): void }) {
  const client = useClient()
  const servers = useApp((state) => state.servers)
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const ready = readyServers(servers)
  const [chosen, setChosen] = useState<string | null>(null)
  const id = ready.some((server) => server.id === chosen) ? chosen : (ready[0]?.id ?? null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (id === null) return
    void action.run(async () => {
      putServer(await client.worlds.backUp({ id }))
      onClose()
    })
  }
  return (
    <DialogForm
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>Players can go on playing: the game saves first and pauses its saving meanwhile.</p>}
      buttons={
        <Button type="submit" disabled={id === null} loading={action.busy}>
          Back up
        </Button>
      }
    >
      {id === null ? (
        <p>Something is being done to every server, or none has a world yet. Try again when it is done.</p>
      ) : (
        <NativeSelect
          label="Server"
          data-autofocus
          data={ready.map(({ id: value, name: label }) => ({ value, label }))}
          value={id}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
    </DialogForm>
  )
}
