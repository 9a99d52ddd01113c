import { Skeleton } from '@mantine/core'
import { useEffect } from 'react'
import { Page } from '../../components/page.tsx'
import { useApp } from '../../store/store.ts'
import { DataSection } from './data-section.tsx'
import { EngineSection } from './engine-section.tsx'
import { GeneralSection } from './general-section.tsx'
import { HostSection } from './host-section.tsx'
import { ImageSection } from './image-section.tsx'
import { KeySection } from './key-section.tsx'
import { anchorId } from './section.tsx'
import styles from './settings.module.css'
import { WorldsSection } from './worlds-section.tsx'

/**
 * What can be set, and what is known of this installation.
 *
 * @param section the anchor of the section that is shown first; null for the top
 */
export function SettingsPage({ section }: { section: string | null }) {
  const app = useApp((state) => state.app)
  const settings = useApp((state) => state.settings)
  const regions = useApp((state) => state.regions)
  const ready = app && settings && regions
  const shown = Boolean(ready)
  useEffect(() => {
    if (!shown || section === null) return
    // The page itself takes the focus first, and begins at its top.
    const timer = setTimeout(() => {
      const target = document.getElementById(anchorId(section))
      target?.scrollIntoView()
      target?.focus({ preventScroll: true })
    })
    return () => clearTimeout(timer)
  }, [shown, section])
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
          <WorldsSection worlds={settings.worlds} />
          <KeySection settings={settings} />
          <DataSection />
        </div>
      ) : (
        <Skeleton height={320} role="status" aria-label="Loading settings" />
      )}
    </Page>
  )
}
