import type { Keyring } from '../secrets/keyring.ts'

/** What of Electron's safeStorage is used; the backend's name is told on Linux, by newer versions only. */
export interface SystemKeyring {
  isEncryptionAvailable(): boolean
  encryptString(text: string): Buffer
  decryptString(sealed: Buffer): string
  getSelectedStorageBackend?(): string
}

/** The operating system's keyring through Electron; unavailable where it would only pretend to protect. */
export function createKeyring(system: SystemKeyring, platform: NodeJS.Platform): Keyring {
  return {
    get unavailable() {
      return reasonAgainst(system, platform)
    },
    seal: (text) => system.encryptString(text),
    open: (sealed) => system.decryptString(sealed),
  }
}

function reasonAgainst(system: SystemKeyring, platform: NodeJS.Platform): string | null {
  try {
    if (!system.isEncryptionAvailable()) return 'No keyring answers on this system.'
    if (platform !== 'linux') return null
    const backend = system.getSelectedStorageBackend?.()
    if (backend === undefined || backend === 'unknown')
      return 'The kind of keyring on this system is unknown.'
    if (backend === 'basic_text') return 'This system has no keyring: a key there would lie in plain text.'
    return null
  } catch {
    return 'The keyring of this system does not answer.'
  }
}
