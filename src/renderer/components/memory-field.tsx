import { Input, NumberInput, SegmentedControl } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useApp } from '../store/store.ts'
import { formatGigabytes } from './format.ts'
import styles from './memory-field.module.css'
import { useFreshEngine } from './use-fresh-engine.ts'

interface Props {
  value: number | string
  onChange(value: number | string): void
  error?: ReactNode
  /** GB of the server that is edited: the engine keeps them for it already. */
  own?: number
  autoFocus?: boolean
}

const presets = [1, 2, 4, 8].map((size) => ({ value: String(size), label: `${size} GB` }))

/** Memory: the usual sizes, a free field beside them, and what the engine has left. */
export function MemoryField({ value, onChange, error, own, autoFocus = false }: Props) {
  useFreshEngine()
  const id = useId()
  const free = useApp((state) => state.engine?.memoryFree ?? null)
  const whose = own === undefined ? 'for a new server' : `beside this server’s ${formatGigabytes(own)}`
  return (
    <Input.Wrapper
      id={id}
      label="Memory (GB)"
      description={free === null ? null : `The engine has ${formatGigabytes(free)} left ${whose}.`}
      error={error}
    >
      <div className={styles.memory}>
        <SegmentedControl
          aria-label="Usual sizes"
          data={presets}
          value={String(value)}
          onChange={(size) => onChange(Number(size))}
          transitionDuration={140}
        />
        <NumberInput
          id={id}
          value={value}
          onChange={onChange}
          error={Boolean(error)}
          data-autofocus={autoFocus || undefined}
          step={0.5}
          decimalScale={2}
          allowNegative={false}
          clampBehavior="none"
          min={0}
        />
      </div>
    </Input.Wrapper>
  )
}
