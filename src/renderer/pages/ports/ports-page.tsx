import { Button, Skeleton, Tabs } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import type { Purpose } from '../../../shared/ports.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import { PoolView } from './pool-view.tsx'
import styles from './ports.module.css'
import { usePool } from './use-pool.ts'

const isPurpose = (value: string | null): value is Purpose => value === 'game' || value === 'rcon'

/** The ports of this host as a map: which are free, and what holds the others. */
export function PortsPage() {
  const [purpose, setPurpose] = useState<Purpose>('game')
  const { pool, loading, check } = usePool(purpose)
  const problem = check.problem ?? loading.problem
  return (
    <Page
      title="Ports"
      aside={pool && `${pool.first}–${pool.last}`}
      action={
        <Button
          variant="default"
          leftSection={<IconRefresh size={15} stroke={1.75} aria-hidden />}
          loading={check.busy}
          onClick={check.now}
        >
          Check now
        </Button>
      }
    >
      <Tabs
        value={purpose}
        onChange={(value) => isPurpose(value) && setPurpose(value)}
        keepMounted={false}
        classNames={{ list: styles.tabs ?? '', tab: styles.tab ?? '' }}
      >
        <Tabs.List aria-label="Pools">
          <Tabs.Tab value="game">Game</Tabs.Tab>
          <Tabs.Tab value="rcon">RCON</Tabs.Tab>
        </Tabs.List>
        {(['game', 'rcon'] as const).map((value) => (
          <Tabs.Panel key={value} value={value} className={styles.panel}>
            {problem && (
              <ProblemNotice problem={problem} onClose={check.problem ? check.dismiss : loading.dismiss} />
            )}
            {pool ? (
              <PoolView pool={pool} />
            ) : (
              <Skeleton height={236} role="status" aria-label="Loading ports" />
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}
