import { type RefObject, useCallback, useRef } from 'react'

interface MenuTarget {
  /** The button that opens the menu. */
  ref: RefObject<HTMLButtonElement | null>
  /** An item's handler that opens a dialog: the focus goes to the button first, so that it comes back there. */
  opens(dialog: () => void): () => void
}

/** For a menu whose items open dialogs: the item itself is gone by the time the dialog closes. */
export function useMenuTarget(): MenuTarget {
  const ref = useRef<HTMLButtonElement>(null)
  const opens = useCallback(
    (dialog: () => void) => () => {
      ref.current?.focus()
      dialog()
    },
    [],
  )
  return { ref, opens }
}
