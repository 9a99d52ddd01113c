import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useRef } from 'react'
import type { BinEntry } from '../../../shared/bin.ts'
import { formatAddress } from '../../../shared/describe.ts'
import { Ago } from '../../components/ago.tsx'
import { formatExact, formatMoment } from '../../components/format.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import table from '../../components/table.module.css'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import styles from './bin.module.css'
import { RestoreDialog } from './restore-dialog.tsx'
import { useRestore } from './use-restore.ts'

/** One deleted server; what went wrong with its restore is said under it. */
export function BinRow({ entry, onPurge }: { entry: BinEntry; onPurge(): void }) {
  const { name, ipAddress, port, deletedAt, expired, portKeptUntil } = entry
  const [naming, dialog] = useDisclosure(false)
  const restore = useRestore(entry)
  const action = useAction()
  const button = useRef<HTMLButtonElement>(null)
  // The button is out of use while it is under way, and loses the focus by it.
  const giveBack = () => takeLostFocus(button.current)
  const press = async () => {
    await action.run(async () => {
      try {
        await restore()
      } catch (error) {
        if (problemOf(error).code !== 'NAME_TAKEN') throw error
        dialog.open()
      }
    })
    giveBack()
  }
  return (
    <>
      <tr>
        <th scope="row" className={table.name} title={name}>
          {name}
        </th>
        <td>
          <span className={`mono ${expired ? 'secondary' : ''}`}>{formatAddress(ipAddress, port)}</span>
        </td>
        <td className="secondary">
          <Ago at={deletedAt} />
        </td>
        <td className={`secondary ${styles.until}`}>
          {expired ? (
            <span className={styles.expired}>expired: the port went back to the pool</span>
          ) : (
            <time
              className="numbers"
              dateTime={new Date(portKeptUntil).toISOString()}
              title={formatExact(portKeptUntil)}
            >
              {formatMoment(portKeptUntil)}
            </time>
          )}
        </td>
        <td>
          <div className={styles.buttons}>
            <Button
              ref={button}
              variant="default"
              loading={action.busy}
              aria-label={`Restore ${name}`}
              onClick={() => void press()}
            >
              Restore
            </Button>
            <Button
              variant="default"
              className="danger"
              aria-label={`Delete for good: ${name}`}
              onClick={onPurge}
            >
              Delete for good
            </Button>
          </div>
          <RestoreDialog entry={entry} opened={naming} onClose={dialog.close} onGone={giveBack} />
        </td>
      </tr>
      {action.problem && (
        <tr className={styles.problem}>
          <td colSpan={5}>
            <ProblemNotice problem={action.problem} onClose={action.dismiss} />
          </td>
        </tr>
      )}
    </>
  )
}
