import { Checkbox, NumberInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { WorldSettings } from '../../../shared/settings.ts'
import { focusWrong } from '../../components/field-errors.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import { SaveButton, Section } from './section.tsx'
import styles from './settings.module.css'
import { readWorlds, type WorldsErrors, type WorldsValues, worldsErrors } from './worlds-values.ts'

const numberField = { hideControls: true, allowNegative: false, clampBehavior: 'none' } as const

/** Where worlds are saved as files, how often, and how many of them stay. */
export function WorldsSection({ worlds }: { worlds: WorldSettings }) {
  const client = useClient()
  const setSettings = useApp((state) => state.setSettings)
  const kept = JSON.stringify(worlds)
  const [values, setValues] = useState<WorldsValues>(worlds)
  const [errors, setErrors] = useState<WorldsErrors>({})
  const [saved, setSaved] = useState(0)
  const frame = useRef<HTMLFormElement>(null)
  const action = useAction()
  useEffect(() => setValues(JSON.parse(kept)), [kept])
  const change = (changes: Partial<WorldsValues>) => setValues((others) => ({ ...others, ...changes }))

  const refuse = (wrong: WorldsErrors) => {
    setErrors(wrong)
    focusWrong(frame.current)
  }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const read = readWorlds(values)
    if (!read.worlds) return refuse(read.errors)
    setErrors({})
    const done = await action.run(async () => {
      try {
        setSettings(await client.settings.update({ worlds: read.worlds }))
      } catch (error) {
        refuse(worldsErrors(problemOf(error).fields))
        throw error
      }
    })
    if (done) setSaved((count) => count + 1)
  }
  const told = Object.keys(errors).length > 0
  return (
    <Section
      anchor="backups"
      title="World backups"
      about={
        <>
          Worlds saved as files, each read back once it is written. <Link href="/backups">All backups</Link>
        </>
      }
    >
      <form ref={frame} onSubmit={save} noValidate className={styles.form}>
        <TextInput
          label="Folder"
          description="An absolute path. Files that are there already stay where they are."
          className={styles.path ?? ''}
          spellCheck={false}
          value={values.folder}
          error={errors.folder}
          onChange={(event) => change({ folder: event.currentTarget.value })}
        />
        <Checkbox
          label="Back up every server once a day"
          checked={values.daily}
          onChange={(event) => change({ daily: event.currentTarget.checked })}
        />
        <div className={styles.keep}>
          <NumberInput
            {...numberField}
            label="Daily backups kept of each server"
            allowDecimal={false}
            value={values.keep}
            error={errors.keep}
            onChange={(keep) => change({ keep })}
          />
          <NumberInput
            {...numberField}
            label="Space for daily backups (GB)"
            value={values.keepGb}
            error={errors.keepGb}
            onChange={(keepGb) => change({ keepGb })}
          />
        </div>
        <p className="secondary small">
          The oldest daily backups go first; the newest of each server always stays. Backups that you asked
          for are never deleted by LightNode.
        </p>
        {action.problem && !told && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
        <SaveButton
          what="world backups"
          busy={action.busy}
          saved={saved}
          disabled={JSON.stringify(values) === kept}
        />
      </form>
    </Section>
  )
}
