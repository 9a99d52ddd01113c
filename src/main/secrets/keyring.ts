/** The operating system's keyring, as far as the desktop can reach it. */
export interface Keyring {
  /** Null when it can be used; else why not, in a sentence. */
  readonly unavailable: string | null
  seal(text: string): Buffer
  /** @throws Error when this keyring did not seal it */
  open(sealed: Buffer): string
}
