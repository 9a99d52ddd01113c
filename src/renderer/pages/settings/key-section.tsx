import { Radio } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Settings } from '../../../shared/settings.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { Section } from './section.tsx'
import styles from './settings.module.css'

type Place = Settings['keyLocation']

const warning = 'Browser mode will then not open this data folder: only the desktop can read the keyring.'

/** Where the key lives that opens the stored passwords. */
export function KeySection({ settings }: { settings: Settings }) {
  const client = useClient()
  const setSettings = useApp((state) => state.setSettings)
  const action = useAction()
  const { keyLocation, keyringUnavailable } = settings

  const move = (place: Place) =>
    void action.run(async () => setSettings(await client.settings.update({ keyLocation: place })))
  const choose = (place: string) => {
    if (place === keyLocation) return
    if (place === 'file') return move('file')
    modals.openConfirmModal({
      title: 'Move the key into the keyring?',
      children: <p>{warning}</p>,
      labels: { confirm: 'Move the key', cancel: 'Cancel' },
      onConfirm: () => move('keyring'),
    })
  }
  return (
    <Section title="Key" about="Stored passwords are sealed with one key. This is where it is kept.">
      <Radio.Group aria-label="Key location" value={keyLocation} onChange={choose}>
        <div className={styles.choices}>
          <Radio
            value="file"
            label="Key file"
            disabled={action.busy}
            description="In the data folder, readable by your user only. Desktop and browser mode both open it."
          />
          <Radio
            value="keyring"
            label="System keyring"
            disabled={action.busy || keyringUnavailable !== null}
            description={keyringUnavailable ? `Not available: ${keyringUnavailable}` : warning}
          />
        </div>
      </Radio.Group>
      {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
    </Section>
  )
}
