import { Button, VisuallyHidden } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { ImportFix } from '../../../shared/adoption.ts'
import { plural } from '../../components/format.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import table from '../../components/table.module.css'
import type { Action } from '../../components/use-action.ts'
import styles from './import.module.css'
import { countRows, type ShownRow, sharedNotes, withFix } from './import-plan.ts'
import { PlanRow } from './plan-row.tsx'

interface Props {
  rows: ShownRow[]
  fixes: ImportFix[]
  /** What was read, in words. */
  source: string
  deciding: Action
  applying: Action
  onDecide(fixes: ImportFix[]): void
  onApply(): void
}

export const planTitleId = 'plan-title'

/** What would be written, row by row, and what has to be decided before. */
export function PlanCard({ rows, fixes, source, deciding, applying, onDecide, onApply }: Props) {
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  const { taken, open } = countRows(rows)
  const shared = sharedNotes(rows)
  const busy = deciding.busy || applying.busy
  return (
    <section className="card" aria-labelledby={planTitleId}>
      <header className={styles.planHead}>
        <h2 id={planTitleId} ref={title} tabIndex={-1}>
          What will be imported
        </h2>
        <span className={`secondary ${styles.from}`}>{source}</span>
      </header>
      {rows.length === 0 ? (
        <p className={styles.none}>There is no server in it.</p>
      ) : (
        <div className={table.frame}>
          <table className={`${table.table} ${styles.plan}`} aria-labelledby={planTitleId}>
            <thead>
              <tr>
                <th scope="col" className={styles.number}>
                  Row
                </th>
                <th scope="col">Name</th>
                <th scope="col" className={styles.port}>
                  Port
                </th>
                <th scope="col" className={styles.address}>
                  Address
                </th>
                <th scope="col" className={styles.memory}>
                  Memory
                </th>
                <th scope="col" className={styles.actions}>
                  <VisuallyHidden>Actions</VisuallyHidden>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((shown) => (
                <PlanRow
                  key={shown.row.row}
                  shown={shown}
                  shared={shared}
                  busy={busy}
                  onDecide={(changes) => onDecide(withFix(fixes, shown.row.row, changes))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <footer className={styles.planFoot}>
        {deciding.problem && <ProblemNotice problem={deciding.problem} onClose={deciding.dismiss} />}
        {applying.problem && <ProblemNotice problem={applying.problem} onClose={applying.dismiss} />}
        <div className={styles.planLine}>
          <p className="secondary small" role="status">
            {open > 0
              ? `${plural(open, 'row is', 'rows are')} in the way: set right what is named, or leave the row out.`
              : 'Imported servers are Stopped and have no container.'}
            {shared.length > 0 && <span className={styles.shared}>Of each: {shared.join(' ')}</span>}
          </p>
          <Button disabled={taken === 0 || open > 0} loading={busy} onClick={onApply}>
            {taken === 0 ? 'Import' : `Import ${plural(taken, 'server')}`}
          </Button>
        </div>
      </footer>
    </section>
  )
}
