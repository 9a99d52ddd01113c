import type { AppInfo } from '../../../shared/model.ts'
import { Fact, Facts } from '../../components/facts.tsx'
import { Section } from './section.tsx'

/** What this installation is. */
export function GeneralSection({ app }: { app: AppInfo }) {
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
    </Section>
  )
}
