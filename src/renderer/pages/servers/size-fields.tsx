import { Input, NumberInput, SegmentedControl } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { formatGigabytes } from '../../components/format.ts'
import { useApp } from '../../store/store.ts'
import styles from './new-server.module.css'

interface Props {
  value: number | string
  onChange(value: number | string): void
  error?: ReactNode
}

const presets = [1, 2, 4, 8].map((size) => ({ value: String(size), label: `${size} GB` }))

/** Memory: the usual sizes, a free field beside them, and what the engine has left. */
export function MemoryField({ value, onChange, error }: Props) {
  const id = useId()
  const free = useApp((state) => state.engine?.memoryFree ?? null)
  return (
    <Input.Wrapper
      id={id}
      label="Memory (GB)"
      description={free === null ? null : `The engine has ${formatGigabytes(free)} left for a new server.`}
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

/** Disk: a target; what the engine has free is shown where it can be known. */
export function DiskField({ value, onChange, error }: Props) {
  const free = useApp((state) => state.engine?.diskFree ?? null)
  const left = free === null ? '' : ` ${formatGigabytes(free)} free.`
  return (
    <NumberInput
      label="Disk (GB)"
      description={`A target that LightNode watches; not a hard limit.${left}`}
      value={value}
      onChange={onChange}
      error={error}
      decimalScale={2}
      allowNegative={false}
      clampBehavior="none"
      min={0}
    />
  )
}
