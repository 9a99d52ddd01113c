import { type ReactNode, useEffect, useRef } from 'react'
import { Route, Router, Switch, useLocation } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import styles from './app.module.css'
import { Notices } from './components/notices.tsx'
import { Rail } from './components/rail.tsx'
import { ActivityPage } from './pages/activity/activity-page.tsx'
import { BackupsPage } from './pages/backups/backups-page.tsx'
import { BinPage } from './pages/bin/bin-page.tsx'
import { FoundPage } from './pages/found/found-page.tsx'
import { ImportPage } from './pages/import/import-page.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { PortsPage } from './pages/ports/ports-page.tsx'
import { ServerPage } from './pages/server/server-page.tsx'
import { ServersPage } from './pages/servers/servers-page.tsx'
import { SettingsPage } from './pages/settings/settings-page.tsx'
import { SignInPage } from './pages/sign-in/sign-in-page.tsx'
import { useApp } from './store/store.ts'

/** The window: the rail and the page that the address names, or the way in where there is no session. */
export function App({ failedSignIn = null }: { failedSignIn?: string | null }) {
  const signedOut = useApp((state) => state.connection === 'signed-out')
  if (signedOut) return <SignInPage failed={failedSignIn} />
  return (
    <Router hook={useHashLocation}>
      <div className={styles.frame}>
        <button type="button" className="skip" onClick={() => document.getElementById('content')?.focus()}>
          Skip to content
        </button>
        <Rail />
        <Content>
          <Switch>
            <Route path="/" component={ServersPage} />
            <Route path="/servers" component={ServersPage} />
            <Route path="/servers/:id">{({ id }) => <ServerPage key={id} id={id} />}</Route>
            <Route path="/bin" component={BinPage} />
            <Route path="/found/:first?">{({ first }) => <FoundPage first={first ?? null} />}</Route>
            <Route path="/import" component={ImportPage} />
            <Route path="/backups" component={BackupsPage} />
            <Route path="/ports" component={PortsPage} />
            <Route path="/activity" component={ActivityPage} />
            <Route path="/settings/:section?">
              {({ section }) => <SettingsPage section={section ?? null} />}
            </Route>
            <Route component={NotFoundPage} />
          </Switch>
        </Content>
      </div>
      <Notices />
    </Router>
  )
}

/** Where the pages appear. Each begins at its top, and with the focus, so that the keyboard is where the eye is. */
function Content({ children }: { children: ReactNode }) {
  const [location] = useLocation()
  const shown = useRef(location)
  const frame = useRef<HTMLElement>(null)
  useEffect(() => {
    if (shown.current === location) return
    shown.current = location
    frame.current?.scrollTo(0, 0)
    frame.current?.focus({ preventScroll: true })
  }, [location])
  return (
    <main ref={frame} id="content" className={styles.main} tabIndex={-1}>
      {children}
    </main>
  )
}
