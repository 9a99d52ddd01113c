import type { ComponentProps, MouseEvent } from 'react'

const refuse = (event: MouseEvent) => event.preventDefault()

/**
 * The element of every button: one that is busy or has nothing to do keeps the focus that it has, which the
 * browser takes from a disabled element, so that the keyboard doesn't begin at the top again.
 */
export function PatientButton({
  disabled,
  'data-loading': busy,
  ...others
}: ComponentProps<'button'> & { 'data-loading'?: boolean }) {
  // A button that says nothing of its type must not send the form that it stands in.
  const type = others.type ?? 'button'
  if (!disabled) return <button {...others} type={type} />
  return (
    <button
      {...others}
      type={type}
      data-loading={busy || undefined}
      aria-disabled
      aria-busy={busy || undefined}
      tabIndex={busy ? others.tabIndex : -1}
      onClick={refuse}
    />
  )
}
