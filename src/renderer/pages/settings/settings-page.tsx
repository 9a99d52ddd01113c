import { Skeleton } from '@mantine/core'
import { Page } from '../../components/page.tsx'
import { useApp } from '../../store/store.ts'
import { EngineSection } from './engine-section.tsx'
import { GeneralSection } from './general-section.tsx'
import { HostSection } from './host-section.tsx'
import { ImageSection } from './image-section.tsx'
import { KeySection } from './key-section.tsx'
import styles from './settings.module.css'

/** What can be set, and what is known of this installation. */
export function SettingsPage() {
  const app = useApp((state) => state.app)
  const settings = useApp((state) => state.settings)
  const regions = useApp((state) => state.regions)
  const ready = app && settings && regions
  return (
    <Page title="Settings">
      {ready ? (
        <div className={styles.sections}>
          <GeneralSection app={app} />
          <EngineSection />
          {regions
            .flatMap(({ hosts }) => hosts)
            .map((host) => (
              <HostSection key={host.id} host={host} />
            ))}
          <ImageSection image={settings.image} />
          <KeySection settings={settings} />
        </div>
      ) : (
        <Skeleton height={320} role="status" aria-label="Loading settings" />
      )}
    </Page>
  )
}
