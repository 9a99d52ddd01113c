import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './styles.css'
import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import type { ReactNode } from 'react'
import { cssVariablesResolver, theme } from './theme.ts'

declare global {
  // The name under which the scroll lock of dialogs looks for the nonce of its style.
  var __webpack_nonce__: string | undefined
}

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
globalThis.__webpack_nonce__ = nonce

/** Theme and dialogs; every style that is added later carries the page's nonce. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <ModalsProvider modalProps={{ centered: true, size: 440 }}>{children}</ModalsProvider>
    </MantineProvider>
  )
}
