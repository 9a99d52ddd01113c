import { ActionIcon, Button, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

interface Props {
  /** The accessible name; it stays the same while the tick is shown. */
  label: string
  /** Puts it on the clipboard. */
  onCopy(): Promise<unknown>
  /** Only an icon, its name for assistive technology. */
  icon?: boolean
  disabled?: boolean
  variant?: 'default' | 'filled'
}

const tickShown = 1000

/** Copies on a press and shows a tick for a second. */
export function CopyButton({ label, onCopy, icon = false, disabled = false, variant = 'default' }: Props) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), tickShown)
    return () => clearTimeout(timer)
  }, [outcome])

  const press = () =>
    onCopy().then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    )
  const Glyph = outcome === 'copied' ? IconCheck : outcome === 'failed' ? IconX : IconCopy
  const words = { copied: 'Copied', failed: 'Could not copy' }
  return (
    <>
      {icon ? (
        <ActionIcon title={label} disabled={disabled} onClick={press}>
          <Glyph size={15} stroke={1.75} aria-hidden />
          <VisuallyHidden>{label}</VisuallyHidden>
        </ActionIcon>
      ) : (
        <Button
          variant={variant}
          disabled={disabled}
          leftSection={<Glyph size={15} stroke={1.75} aria-hidden />}
          onClick={press}
        >
          {label}
        </Button>
      )}
      <VisuallyHidden role="status">{outcome ? words[outcome] : ''}</VisuallyHidden>
    </>
  )
}
