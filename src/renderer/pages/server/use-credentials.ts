import { useCallback, useEffect, useState } from 'react'
import type { Credentials } from '../../../shared/model.ts'
import { type Problem, problemOf } from '../../problem.ts'
import { useClient } from '../../store/store.ts'

export interface Revealing {
  rconPassword: string | null
  panel: Credentials['panel'] | null
  /** Set once an answer has shown that the panel's page is not being served. */
  panelClosed: boolean
  problem: Problem | null
  dismiss(): void
  toggleRcon(): Promise<void>
  togglePanel(): Promise<void>
  /** Asks the core for the secrets of this moment; keeps none. */
  ask(): Promise<Credentials>
}

/**
 * The secrets of one server: asked for when revealed or copied, kept only while they are shown.
 *
 * @param stamp changes when they may have: what is shown is hidden then
 */
export function useCredentials(id: string, stamp: string): Revealing {
  const client = useClient()
  const [rconPassword, setRcon] = useState<string | null>(null)
  const [panel, setPanel] = useState<Credentials['panel'] | null>(null)
  const [panelClosed, setClosed] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp is the reason.
  useEffect(() => {
    setRcon(null)
    setPanel(null)
  }, [stamp])

  const ask = useCallback(async () => {
    try {
      const credentials = await client.servers.credentials({ id })
      setClosed(credentials.panel.url === null)
      setProblem(null)
      return credentials
    } catch (error) {
      setProblem(problemOf(error))
      throw error
    }
  }, [client, id])

  // A refusal is already told by `problem`.
  const told = () => undefined
  return {
    rconPassword,
    panel,
    panelClosed,
    problem,
    ask,
    dismiss: () => setProblem(null),
    toggleRcon: async () =>
      rconPassword ? setRcon(null) : ask().then((answer) => setRcon(answer.rconPassword), told),
    togglePanel: async () => (panel ? setPanel(null) : ask().then((answer) => setPanel(answer.panel), told)),
  }
}
