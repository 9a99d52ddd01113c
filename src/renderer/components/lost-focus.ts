/**
 * Where the thing that had the focus went away with it, something else takes it: the keyboard goes on from there.
 * @param to what takes it while it is on the page; else the page does
 */
export function takeLostFocus(to?: Element | null): void {
  // A dialog that closes gives its focus back a moment later.
  setTimeout(() => {
    const { activeElement, body } = document
    if (activeElement !== null && activeElement !== body) return
    const target = to instanceof HTMLElement && to.isConnected ? to : document.getElementById('content')
    target?.focus({ preventScroll: true })
  }, 50)
}
