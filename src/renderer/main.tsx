import './no-eval.ts'
import { createRoot } from 'react-dom/client'
import { connect, isDesktop, signIn } from './client.ts'
import { Window } from './window.tsx'

/** The one-time code of the link that the terminal printed; taken out of the history before it is used. */
function takeCode(): string | null {
  const code = /^#code=(.+)$/.exec(location.hash)?.[1]
  if (!code) return null
  history.replaceState(null, '', location.pathname)
  return code
}

async function open(root: HTMLElement): Promise<void> {
  const code = isDesktop() ? null : takeCode()
  const failed = code ? await signIn('/session', { code }) : null
  createRoot(root).render(
    <Window client={connect()} failedSignIn={failed && `${failed.message} ${failed.remedy}`} />,
  )
}

// A fresh link opened in the same tab changes the fragment only.
window.addEventListener('hashchange', () => {
  if (location.hash.startsWith('#code=')) location.reload()
})

const root = document.getElementById('root')
if (root) void open(root)
