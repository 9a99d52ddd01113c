import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { signIn } from '../../client.ts'
import { EntryCard } from '../../components/entry-card.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import type { Problem } from '../../problem.ts'
import { useCore } from '../../store/store.ts'

/** The code itself, also out of the whole link that the terminal printed. */
const codeIn = (text: string): string => text.trim().split('#code=').pop() ?? ''

/** The way in for a browser without a session. */
export function SignInPage({ failed }: { failed: string | null }) {
  const { reconnect, store } = useCore()
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    document.title = 'Sign in · LightNode'
  }, [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const wrong = await signIn('/session', { code: codeIn(code) })
    setBusy(false)
    setProblem(wrong)
    if (wrong) return
    store.getState().setConnection('connecting')
    reconnect()
  }
  return (
    <EntryCard title="Sign in to LightNode">
      <p className="secondary">
        <code>npm start</code> printed a link in the terminal. Open it, or paste it or its code here. It is
        good once, for ten minutes; the same command, run again, finds this LightNode and prints a fresh one.
      </p>
      {problem ? (
        <ProblemNotice problem={problem} />
      ) : (
        failed && <ProblemNotice problem={{ message: 'The link did not sign you in.', remedy: failed }} />
      )}
      <form onSubmit={submit}>
        <TextInput
          label="Sign-in code"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth loading={busy} disabled={!codeIn(code)}>
          Sign in
        </Button>
      </form>
    </EntryCard>
  )
}
