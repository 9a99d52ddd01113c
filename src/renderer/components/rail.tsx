import { Popover, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconActivity, IconArchive, IconGridDots, IconServer2, IconSettings } from '@tabler/icons-react'
import { Link, useLocation } from 'wouter'
import { useApp } from '../store/store.ts'
import { Dot } from './dot.tsx'
import { EngineFacts } from './engine-facts.tsx'
import { engineLine } from './engine-words.ts'
import { LogoMark } from './logo.tsx'
import styles from './rail.module.css'

const places = [
  { path: '/', also: ['/servers', '/bin', '/found', '/import'], name: 'Servers', Icon: IconServer2 },
  { path: '/backups', also: [], name: 'Backups', Icon: IconArchive },
  { path: '/ports', also: [], name: 'Ports', Icon: IconGridDots },
  { path: '/activity', also: [], name: 'Activity', Icon: IconActivity },
  { path: '/settings', also: ['/settings/'], name: 'Settings', Icon: IconSettings },
]

/** The left rail: the places, and the engine at its foot. */
export function Rail() {
  const [location] = useLocation()
  const narrow = useMediaQuery('(max-width: 999px)') ?? false
  const demo = useApp((state) => state.app?.demo ?? false)
  return (
    <nav aria-label="Main" className={styles.rail}>
      <div className={styles.brand}>
        <LogoMark />
        <span className={styles.word}>LightNode</span>
        {demo && (
          <span className={styles.demo} title="A throwaway data folder and a small stand-in for the game">
            Demo
          </span>
        )}
      </div>
      <ul className={styles.places}>
        {places.map(({ path, also, name, Icon }) => {
          const here = location === path || also.some((start) => location.startsWith(start))
          return (
            <li key={name}>
              <Tooltip label={name} position="right" disabled={!narrow}>
                <Link href={path} className={styles.link ?? ''} aria-current={here ? 'page' : undefined}>
                  <Icon size={18} stroke={1.6} aria-hidden />
                  <span className={styles.word}>{name}</span>
                </Link>
              </Tooltip>
            </li>
          )
        })}
      </ul>
      <EngineFoot />
    </nav>
  )
}

const reconnecting = { text: 'Reconnecting…', tone: 'waiting', moving: true } as const

function EngineFoot() {
  const engine = useApp((state) => state.engine)
  const lost = useApp((state) => state.connection === 'lost')
  const { text, tone, moving } = lost ? reconnecting : engineLine(engine)
  return (
    <div className={styles.foot}>
      <VisuallyHidden role="status">{lost ? reconnecting.text : ''}</VisuallyHidden>
      <Popover position="right-end" width={380} withArrow={false} trapFocus>
        <Popover.Target>
          <UnstyledButton className={styles.engine} title={text}>
            <Dot tone={tone} moving={moving} />
            <span className={styles.word}>{text}</span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown aria-label="Engine">
          <div className={styles.popover}>
            {engine ? <EngineFacts engine={engine} /> : <p>Nothing is known of it yet.</p>}
            <Link href="/settings" className={styles.more ?? ''}>
              Engine settings
            </Link>
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}
