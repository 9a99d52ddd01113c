import { Button } from '@mantine/core'
import type { AppInfo } from '../../../shared/model.ts'
import { signOut } from '../../client.ts'
import { Fact, Facts } from '../../components/facts.tsx'
import { useCore } from '../../store/store.ts'
import { Section } from './section.tsx'
import styles from './settings.module.css'

/** What this installation is. */
export function GeneralSection({ app }: { app: AppInfo }) {
  const { reconnect } = useCore()
  const leave = async () => {
    await signOut('/session')
    reconnect()
  }
  return (
    <Section title="General" about="This installation. Desktop and browser mode share the data folder.">
      <Facts>
        <Fact name="Version">{app.version}</Fact>
        <Fact name="Mode">
          {app.mode === 'desktop' ? 'Desktop' : 'Browser'}
          {app.demo ? ', demonstration' : ''}
        </Fact>
        <Fact name="Data folder" mono>
          {app.dataDir}
        </Fact>
        <Fact name="Installation" mono>
          {app.installationId}
        </Fact>
      </Facts>
      {app.mode === 'browser' && (
        <div className={styles.save}>
          <Button variant="default" onClick={() => void leave()}>
            Sign out
          </Button>
        </div>
      )}
    </Section>
  )
}
