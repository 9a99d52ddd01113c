import type { Server } from '../../../shared/model.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useLoaded } from '../../components/use-loaded.ts'
import { useApp, useClient } from '../../store/store.ts'
import { CopyRow } from './copy-row.tsx'
import styles from './server.module.css'
import { underWay } from './task-words.ts'
import worlds from './worlds.module.css'

/** Worlds that were set aside before something that the game can't undo; nothing while there are none. */
export function CopiesCard({ server }: { server: Server }) {
  const client = useClient()
  const revision = useApp((state) => state.worldsRevision)
  const { value, problem } = useLoaded(
    () => client.servers.copies({ id: server.id }),
    // Most of them are made by tasks.
    `${revision} ${underWay(server)?.id}`,
  )
  if (!problem && !value?.length) return null
  return (
    <section className="card" aria-labelledby="copies-title">
      <header className={styles.cardHeader}>
        <h2 id="copies-title">Earlier worlds</h2>
      </header>
      {problem && (
        <div className={worlds.notice}>
          <ProblemNotice problem={problem} />
        </div>
      )}
      <ul className={worlds.copies}>
        {value?.map((copy) => (
          <CopyRow key={copy.volumeName} server={server} copy={copy} />
        ))}
      </ul>
    </section>
  )
}
