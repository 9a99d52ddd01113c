/** The system clipboard, as the desktop offers it. */
export interface SecretClipboard {
  /** @param secret true: it leaves the clipboard after 60 s and on quit, if it is still there */
  write(text: string, secret: boolean): Promise<void>
  /** Takes a secret that is still there out of the clipboard. */
  clearNow(): Promise<void>
}
