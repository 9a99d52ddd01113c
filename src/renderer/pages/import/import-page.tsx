import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { ImportFix, ImportPlan, ImportSource } from '../../../shared/adoption.ts'
import { BackLink } from '../../components/back-link.tsx'
import { plural } from '../../components/format.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { Page } from '../../components/page.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { shownRows } from './import-plan.ts'
import { PlanCard, planTitleId } from './plan-card.tsx'
import { SourceForm } from './source-form.tsx'

interface Previewed {
  source: ImportSource
  /** Without any fix. */
  first: ImportPlan
  newest: ImportPlan
  fixes: ImportFix[]
}

/** Servers from a table or from another LightNode: first a look, then all of them or none. */
export function ImportPage() {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const [, go] = useLocation()
  const [previewed, setPreviewed] = useState<Previewed | null>(null)
  const reading = useAction()
  const deciding = useAction()
  const applying = useAction()

  const preview = (source: ImportSource) => {
    deciding.dismiss()
    applying.dismiss()
    return reading.run(async () => {
      setPreviewed(null)
      const first = await client.imports.preview({ source })
      setPreviewed({ source, first, newest: first, fixes: [] })
    })
  }
  const decide = (fixes: ImportFix[]) => {
    if (!previewed) return
    applying.dismiss()
    void deciding
      .run(async () => {
        const { source } = previewed
        const newest = await client.imports.preview({ source, fixes })
        setPreviewed({ ...previewed, newest, fixes })
      })
      // What was pressed may be gone with what it mended.
      .then(() => takeLostFocus(document.getElementById(planTitleId)))
  }
  const apply = () => {
    if (!previewed) return
    const { source, fixes } = previewed
    void applying.run(async () => {
      const servers = await client.imports.apply({ source, fixes }).catch(async (error: unknown) => {
        // Something came between: what is in the way now is shown with it.
        const newest = await client.imports.preview({ source, fixes }).catch(() => null)
        if (newest) setPreviewed({ ...previewed, newest })
        throw error
      })
      for (const server of servers) putServer(server)
      notifications.show({
        message: `${plural(servers.length, 'server was', 'servers were')} imported.`,
        color: 'gray',
        withBorder: true,
      })
      go('/')
    })
  }
  return (
    <Page title="Import servers" above={<BackLink />}>
      <SourceForm reading={reading} onPreview={preview} onChange={() => setPreviewed(null)} />
      {previewed && (
        <PlanCard
          rows={shownRows(previewed.first, previewed.newest, previewed.fixes)}
          fixes={previewed.fixes}
          source={previewed.newest.source}
          deciding={deciding}
          applying={applying}
          onDecide={decide}
          onApply={apply}
        />
      )}
    </Page>
  )
}
