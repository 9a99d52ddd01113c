import { useCallback, useEffect, useState } from 'react'
import type { PanelServer } from '../../../shared/model.ts'
import { type PanelClient, signIn, signOut } from '../../client.ts'
import { EntryCard } from '../../components/entry-card.tsx'
import { type Problem, problemOf } from '../../problem.ts'
import { PanelLogin } from './panel-login.tsx'
import { PanelServerView } from './panel-server.tsx'

const interval = 5000

type View =
  | { at: 'loading' }
  | { at: 'login' }
  | { at: 'server'; server: PanelServer; problem: Problem | null }
  | { at: 'wrong'; problem: Problem }

/** The page of one server: a login, then what the server is, asked again every five seconds. */
export function PanelPage({ client, base }: { client: PanelClient; base: string }) {
  const [view, setView] = useState<View>({ at: 'loading' })

  const load = useCallback(async () => {
    try {
      const server = await client.server({})
      setView({ at: 'server', server, problem: null })
    } catch (error) {
      const problem = problemOf(error)
      if (problem.code === 'UNAUTHORIZED') setView({ at: 'login' })
      else setView((known) => (known.at === 'server' ? { ...known, problem } : { at: 'wrong', problem }))
    }
  }, [client])

  const asking = view.at !== 'login'
  useEffect(() => {
    if (!asking) return
    void load()
    const timer = setInterval(load, interval)
    return () => clearInterval(timer)
  }, [asking, load])

  const name = view.at === 'server' ? view.server.name : 'Server panel'
  useEffect(() => {
    document.title = `${name} · LightNode`
  }, [name])

  if (view.at === 'login')
    return (
      <PanelLogin
        onSignIn={async (username, password) => {
          const problem = await signIn(`${base}/session`, { username, password })
          if (!problem) await load()
          return problem
        }}
      />
    )
  if (view.at === 'server')
    return (
      <PanelServerView
        server={view.server}
        problem={view.problem}
        onSignOut={async () => {
          await signOut(`${base}/session`)
          setView({ at: 'login' })
        }}
      />
    )
  return (
    <EntryCard title="Server panel">
      <p className="secondary" role="status">
        {view.at === 'wrong' ? `${view.problem.message} ${view.problem.remedy}` : 'Loading…'}
      </p>
    </EntryCard>
  )
}
