import type { SecretClipboard } from '../doors/clipboard.ts'

/** How long a secret may stay in the clipboard, in milliseconds. */
const SECRET_LIFETIME = 60_000

/** What of Electron's clipboard is used: newer versions answer with promises. */
export interface SystemClipboard {
  readText(): string | Promise<string>
  writeText(text: string): void | Promise<void>
  clear(): void | Promise<void>
}

/** The system clipboard; a secret leaves it after 60 s, unless something else has been copied meanwhile. */
export function createSecretClipboard(clipboard: SystemClipboard): SecretClipboard {
  let secret: { text: string; timer: NodeJS.Timeout } | null = null

  function forget(): void {
    if (secret) clearTimeout(secret.timer)
    secret = null
  }

  async function clearNow(): Promise<void> {
    const mine = secret
    if (mine === null) return
    const found = await clipboard.readText()
    // Something may have been copied from our own window while the clipboard was read.
    if (secret !== mine) return
    forget()
    if (found === mine.text) await clipboard.clear()
  }

  return {
    async write(text, isSecret) {
      forget()
      await clipboard.writeText(text)
      // A clipboard that can't be read at that moment is tried again on quit.
      const clearLater = () => void clearNow().catch(() => {})
      if (isSecret) secret = { text, timer: setTimeout(clearLater, SECRET_LIFETIME) }
    },
    clearNow,
  }
}
