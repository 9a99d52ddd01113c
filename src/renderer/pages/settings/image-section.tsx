import { TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { settingsUpdateSchema } from '../../../shared/settings.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { SaveButton, Section } from './section.tsx'
import styles from './settings.module.css'

/** The image that new servers are made of. */
export function ImageSection({ image }: { image: string }) {
  const client = useClient()
  const setSettings = useApp((state) => state.setSettings)
  const [text, setText] = useState(image)
  const [error, setError] = useState<string | null>(null)
  const [saved, setSaved] = useState(0)
  const action = useAction()
  useEffect(() => setText(image), [image])

  const save = async (event: FormEvent) => {
    event.preventDefault()
    const read = settingsUpdateSchema.safeParse({ image: text })
    setError(read.success ? null : (read.error.issues[0]?.message ?? 'Not an image reference.'))
    if (!read.success) return
    const done = await action.run(async () => setSettings(await client.settings.update(read.data)))
    if (done) setSaved((count) => count + 1)
  }
  return (
    <Section
      title="Image"
      about="What new servers are made of. It must keep to itzg/minecraft-server's contract."
    >
      <form onSubmit={save} noValidate className={styles.form}>
        <TextInput
          label="Game image"
          description="Without a tag, the tag follows the Minecraft version."
          spellCheck={false}
          value={text}
          error={error ?? action.problem?.fields[0]?.message}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {action.problem?.fields.length === 0 && (
          <ProblemNotice problem={action.problem} onClose={action.dismiss} />
        )}
        <SaveButton what="image" busy={action.busy} saved={saved} disabled={text.trim() === image} />
      </form>
    </Section>
  )
}
