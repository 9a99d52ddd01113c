import './no-eval.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { connectPanel } from './client.ts'
import { PanelPage } from './pages/panel/panel-page.tsx'
import { Providers } from './providers.tsx'

const base = /^\/panel\/[^/]+/.exec(location.pathname)?.[0] ?? '/panel'
const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <Providers>
        <PanelPage client={connectPanel(base)} base={base} />
      </Providers>
    </StrictMode>,
  )
