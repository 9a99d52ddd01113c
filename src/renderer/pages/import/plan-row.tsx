import { Button, UnstyledButton } from '@mantine/core'
import { Link } from 'wouter'
import type { ImportFix } from '../../../shared/adoption.ts'
import { formatGigabytes } from '../../components/format.ts'
import table from '../../components/table.module.css'
import { ConflictLine } from './conflict-line.tsx'
import styles from './import.module.css'
import type { ShownRow } from './import-plan.ts'

export type Decide = (
  changes: {
    [Key in keyof Omit<ImportFix, 'row'>]: ImportFix[Key] | undefined
  },
) => void

interface Props {
  shown: ShownRow
  /** Notes that every row has: they are said elsewhere. */
  shared: string[]
  busy: boolean
  onDecide: Decide
}

/** One server of the source; what stands in its way, and what is worth knowing, is said under it. */
export function PlanRow({ shown, shared, busy, onDecide }: Props) {
  const { row, leftOut } = shown
  const { row: number, name, port, ipAddress, memory } = row
  return (
    <>
      <tr data-out={leftOut || undefined}>
        <td className="secondary numbers">{number}</td>
        <th scope="row" className={table.name} title={name}>
          {name || '–'}
        </th>
        <td className="mono">{port || '–'}</td>
        <td className={`mono ${table.name}`} title={ipAddress}>
          {ipAddress}
        </td>
        <td className={`numbers ${styles.memory}`}>{memory ? formatGigabytes(memory) : '–'}</td>
        <td>
          <Button
            variant="default"
            disabled={busy}
            aria-label={leftOut ? `Take in row ${number}` : `Leave out row ${number}`}
            onClick={() => onDecide({ leaveOut: leftOut ? undefined : true })}
          >
            {leftOut ? 'Take in' : 'Leave out'}
          </Button>
        </td>
      </tr>
      {!leftOut && <Told shown={shown} shared={shared} busy={busy} onDecide={onDecide} />}
    </>
  )
}

const fieldNames = { name: 'Name', port: 'Port', memory: 'Memory' }

function Told({ shown: { row, fixed }, shared, busy, onDecide }: Props) {
  const { row: number, conflicts, adoptable } = row
  const notes = row.notes.filter((note) => !shared.includes(note))
  if (!conflicts.length && !notes.length && !fixed.length && adoptable === null) return null
  return (
    <tr className={styles.told}>
      <td />
      <td colSpan={5}>
        <ul className={styles.lines}>
          {conflicts.map((conflict) => (
            <ConflictLine
              key={`${conflict.field} ${conflict.message} ${conflict.proposal}`}
              row={number}
              conflict={conflict}
              busy={busy}
              onDecide={onDecide}
            />
          ))}
          {fixed.map(({ field, was }) => (
            <li key={field} className={`secondary ${styles.line}`}>
              <span>
                {fieldNames[field]} was {was}.
              </span>
              <UnstyledButton
                className={styles.undo}
                aria-label={`Undo the ${field} of row ${number}`}
                onClick={() => !busy && onDecide({ [field]: undefined })}
              >
                Undo
              </UnstyledButton>
            </li>
          ))}
          {notes.map((note) => (
            <li key={note} className="secondary">
              {note}
            </li>
          ))}
          {adoptable !== null && (
            <li>
              <Link href={`/found/${adoptable}`}>Adopt the container instead</Link>
            </li>
          )}
        </ul>
      </td>
    </tr>
  )
}
