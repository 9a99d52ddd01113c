import { Button } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useApp, useClient } from '../store/store.ts'
import styles from './engine-banner.module.css'
import { engineAdvice } from './engine-words.ts'
import { Notice, ProblemNotice } from './notice.tsx'
import { useAction } from './use-action.ts'

/** Says what to do when the engine can't be used; nothing while it can. */
export function EngineBanner() {
  const engine = useApp((state) => state.engine)
  const platform = useApp((state) => state.app?.platform ?? 'linux')
  const advice = engine && engineAdvice(engine, platform)
  if (!engine || !advice) return null
  if (engine.state === 'mismatch') return <Mismatch />
  return (
    <Notice tone={engine.state === 'missing' ? 'waiting' : 'failed'} title={advice.title}>
      <ul className={styles.steps}>
        {advice.steps.map(({ text, command }) => (
          <li key={text}>
            {text} {command && <code className={styles.command}>{command}</code>}
          </li>
        ))}
      </ul>
      <p className="secondary">
        {engine.state === 'missing'
          ? 'New servers are reserved meanwhile and start by themselves when Docker answers.'
          : 'LightNode goes on by itself when the engine lets it in.'}
      </p>
    </Notice>
  )
}

/** Names both engines; only the user binds the new one. */
function Mismatch() {
  const engine = useApp((state) => state.engine)
  const setEngine = useApp((state) => state.setEngine)
  const client = useClient()
  const action = useAction()
  if (engine?.state !== 'mismatch') return null
  const found = engine.name ?? engine.endpoint ?? 'the engine that answers'
  const known = engine.bound?.name ?? 'the engine that LightNode knows'
  const ask = () =>
    modals.openConfirmModal({
      title: 'Rebind to another engine?',
      children: (
        <p>
          LightNode will use <strong>{found}</strong> from now on. Servers that live on{' '}
          <strong>{known}</strong> stay there and can’t be reached from here.
        </p>
      ),
      labels: { confirm: 'Rebind', cancel: 'Cancel' },
      onConfirm: () => action.run(async () => setEngine(await client.engine.rebind({}))),
    })
  return (
    <>
      <Notice
        tone="waiting"
        title="Another Docker engine answers than the one that holds your servers"
        actions={
          <Button variant="default" loading={action.busy} onClick={ask}>
            Rebind
          </Button>
        }
      >
        <p>
          Your servers are on <strong>{known}</strong>; <strong>{found}</strong> answers now. Nothing is made
          or changed on it. Start the engine that LightNode knows, or rebind to this one.
        </p>
      </Notice>
      {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
    </>
  )
}
