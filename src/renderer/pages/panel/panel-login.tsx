import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { EntryCard } from '../../components/entry-card.tsx'
import { Notice, ProblemNotice } from '../../components/notice.tsx'
import type { Problem } from '../../problem.ts'

interface Props {
  /** @returns what went wrong, or null */
  onSignIn(username: string, password: string): Promise<Problem | null>
}

/** The login of one server's panel. */
export function PanelLogin({ onSignIn }: Props) {
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(await onSignIn(username.trim(), password))
    setBusy(false)
  }
  return (
    <EntryCard title="Server panel">
      <p className="secondary">Sign in with the panel login that the owner of this server gave you.</p>
      {problem?.code === 'UNAUTHORIZED' ? (
        <Notice tone="failed" title="User name or password is wrong.">
          Copy both again from the server’s page in LightNode.
        </Notice>
      ) : (
        problem && <ProblemNotice problem={problem} />
      )}
      <form onSubmit={submit}>
        <TextInput
          label="User name"
          name="username"
          autoComplete="username"
          autoFocus
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth loading={busy} disabled={!username.trim() || !password}>
          Sign in
        </Button>
      </form>
    </EntryCard>
  )
}
