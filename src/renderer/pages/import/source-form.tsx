import { Button, FileButton, PasswordInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import type { ImportSource } from '../../../shared/adoption.ts'
import { focusWrong } from '../../components/field-errors.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import type { Action } from '../../components/use-action.ts'
import styles from './import.module.css'
import {
  decodeTable,
  emptySource,
  readSource,
  type SourceErrors,
  type SourceValues,
  sourceErrors,
} from './import-source.ts'

interface Props {
  reading: Action
  /** @returns true when there is something to show */
  onPreview(source: ImportSource): Promise<boolean>
  /** Another source: what was previewed counts no more. */
  onChange(): void
}

const kinds = [
  { value: 'csv', label: 'Table (CSV)' },
  { value: 'file', label: 'LightNode database or export' },
]

/** Where the servers come from. */
export function SourceForm({ reading, onPreview, onChange }: Props) {
  const [values, setValues] = useState<SourceValues>(emptySource)
  const [errors, setErrors] = useState<SourceErrors>({})
  const frame = useRef<HTMLFormElement>(null)
  const change = (changes: Partial<SourceValues>) => {
    setValues((others) => ({ ...others, ...changes }))
    setErrors({})
    reading.dismiss()
    onChange()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = readSource(values)
    setErrors(read.errors ?? {})
    if (!read.source) return focusWrong(frame.current)
    void onPreview(read.source).then((done) => done || focusWrong(frame.current))
  }
  const refused = sourceErrors(reading.problem?.fields ?? [])
  const told = Object.keys(refused).length > 0
  const fields = { values, errors: { ...refused, ...errors }, onChange: change }
  return (
    <form ref={frame} onSubmit={submit} noValidate className={`card ${styles.source}`}>
      <SegmentedControl
        aria-label="Where from"
        className={styles.kinds ?? ''}
        data={kinds}
        value={values.kind}
        onChange={(kind) => change({ kind: kind === 'file' ? 'file' : 'csv' })}
        transitionDuration={140}
      />
      {values.kind === 'csv' ? (
        <TableFields {...fields} onWrong={(text) => setErrors({ text })} />
      ) : (
        <FileFields {...fields} />
      )}
      {reading.problem && !told && <ProblemNotice problem={reading.problem} onClose={reading.dismiss} />}
      <div className={styles.sourceFoot}>
        <Button type="submit" variant="default" loading={reading.busy}>
          Preview
        </Button>
        <span className="secondary small">Only looks; nothing is written yet.</span>
      </div>
    </form>
  )
}

interface FieldsProps {
  values: SourceValues
  errors: SourceErrors
  onChange(changes: Partial<SourceValues>): void
}

function TableFields({ values, errors, onChange, onWrong }: FieldsProps & { onWrong(error: string): void }) {
  const reset = useRef<() => void>(null)
  const choose = async (file: File | null) => {
    if (!file) return
    reset.current?.()
    const { text, error } = decodeTable(new Uint8Array(await file.arrayBuffer()))
    if (error === null) onChange({ text })
    else onWrong(error)
  }
  return (
    <>
      <div className={styles.choose}>
        <FileButton
          resetRef={reset}
          accept=".csv,.txt,text/csv,text/plain"
          onChange={(file) => void choose(file)}
        >
          {(props) => (
            <Button {...props} variant="default">
              Choose a file…
            </Button>
          )}
        </FileButton>
        <span className="secondary small">or paste the table below</span>
      </div>
      <Textarea
        label="Table"
        description="Its first line names the columns: name, port, ipAddress, rconPassword, memory. UTF-8, or UTF-16 with a byte order mark."
        placeholder={'name,port,ipAddress,rconPassword,memory\nHarbour,25565,192.168.1.20,mB7kZ4tRq9Ya,2'}
        className={styles.table ?? ''}
        spellCheck={false}
        rows={7}
        value={values.text}
        error={errors.text}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
      />
    </>
  )
}

function FileFields({ values, errors, onChange }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Path"
        description="On the machine where LightNode runs: an export (.lightnode), or the database of another data folder."
        placeholder="/home/ada/lightnode-export.lightnode"
        className={styles.path ?? ''}
        spellCheck={false}
        autoComplete="off"
        value={values.path}
        error={errors.path}
        onChange={(event) => onChange({ path: event.currentTarget.value })}
      />
      <PasswordInput
        label="Password of the export"
        description="Only an export has one."
        error={errors.password}
        aria-invalid={Boolean(errors.password)}
        className={styles.password ?? ''}
        autoComplete="off"
        value={values.password}
        onChange={(event) => onChange({ password: event.currentTarget.value })}
      />
    </>
  )
}
