import { Button } from '@mantine/core'
import { modals } from '@mantine/modals'
import { Link } from 'wouter'
import { useApp, useClient } from '../store/store.ts'
import { formatExact } from './format.ts'
import styles from './look-only-banner.module.css'
import { takeLostFocus } from './lost-focus.ts'
import { Notice, ProblemNotice } from './notice.tsx'
import { useAction } from './use-action.ts'

/** After the database went back to a copy: that LightNode only looks, until a person confirms what is there. */
export function LookOnlyBanner() {
  const lookOnly = useApp((state) => state.data?.lookOnly ?? null)
  const setData = useApp((state) => state.setData)
  const client = useClient()
  const action = useAction()
  if (!lookOnly) return null
  const confirm = () =>
    void action
      .run(async () => setData(await client.data.confirm({})))
      // The banner, and the button in it, are gone.
      .then((done) => done && takeLostFocus())
  const ask = () =>
    modals.openConfirmModal({
      title: 'Confirm the restored data?',
      children: (
        <p>
          LightNode acts on its servers again, as this database knows them: it finishes what is open and takes
          back the ports that are theirs. Look at your servers first.
        </p>
      ),
      labels: { confirm: 'Confirm', cancel: 'Keep looking' },
      onConfirm: confirm,
    })
  return (
    <>
      <Notice
        tone="waiting"
        title="LightNode only looks"
        actions={
          <>
            <Button variant="default" loading={action.busy} onClick={ask}>
              Confirm…
            </Button>
            <Link href="/settings/data" className={styles.link ?? ''}>
              LightNode’s data
            </Link>
          </>
        }
      >
        <p>
          On {formatExact(lookOnly.at)} the database went back to the copy{' '}
          <code>{lookOnly.restoredFrom}</code>. Nothing is started, stopped or changed until you confirm that
          it is right.
        </p>
      </Notice>
      {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
    </>
  )
}
