import { Button, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { ImportRow } from '../../../shared/adoption.ts'
import styles from './import.module.css'
import { type FixField, isFixField, readFix } from './import-plan.ts'
import type { Decide } from './plan-row.tsx'

interface Props {
  row: number
  conflict: ImportRow['conflicts'][number]
  busy: boolean
  onDecide: Decide
}

/** What stands in a row's way, with what would be right in a field beside it. */
export function ConflictLine({ row, conflict, busy, onDecide }: Props) {
  const { field, message, proposal } = conflict
  // A port may lie outside the pool, which has none to propose.
  const mendable = isFixField(field) && (proposal !== null || field === 'port')
  return (
    <li className={styles.conflict}>
      <IconAlertTriangle className={styles.mark} size={15} stroke={1.75} aria-hidden />
      <span className={styles.message}>{message}</span>
      {mendable ? (
        <FixForm row={row} field={field} proposal={proposal ?? ''} busy={busy} onDecide={onDecide} />
      ) : (
        <span className="secondary">Leave this row out.</span>
      )}
    </li>
  )
}

interface FixProps {
  row: number
  field: FixField
  proposal: string
  busy: boolean
  onDecide: Decide
}

const labels = { name: 'New name', port: 'New port', memory: 'New memory in GB' }

function FixForm({ row, field, proposal, busy, onDecide }: FixProps) {
  const [typed, setTyped] = useState(proposal)
  const [error, setError] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    const read = readFix(field, typed)
    setError(read.error)
    if (read.changes) onDecide(read.changes)
  }
  return (
    <form onSubmit={submit} noValidate className={styles.fix}>
      <TextInput
        aria-label={`${labels[field]} for row ${row}`}
        className={(field === 'name' ? styles.fixName : styles.fixNumber) ?? ''}
        autoComplete="off"
        spellCheck={false}
        inputMode={field === 'name' ? 'text' : 'decimal'}
        value={typed}
        error={error}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={busy} aria-label={`Use this ${field} for row ${row}`}>
        Use
      </Button>
    </form>
  )
}
