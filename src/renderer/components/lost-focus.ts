/** Where the thing that had the focus went away with it, the page takes it: the keyboard goes on from there. */
export function takeLostFocus(): void {
  // A dialog that closes gives its focus back a moment later.
  setTimeout(() => {
    const { activeElement } = document
    if (activeElement === null || activeElement === document.body)
      document.getElementById('content')?.focus({ preventScroll: true })
  }, 50)
}
