import { NumberInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatGigabytes } from '../../components/format.ts'
import { useApp } from '../../store/store.ts'

interface Props {
  value: number | string
  onChange(value: number | string): void
  error?: ReactNode
}

/** Disk: a target; what the engine has free is shown where it can be known. */
export function DiskField({ value, onChange, error }: Props) {
  const free = useApp((state) => state.engine?.diskFree ?? null)
  const left = free === null ? '' : ` ${formatGigabytes(free)} free.`
  return (
    <NumberInput
      label="Disk (GB)"
      description={`A target, checked against the free space now; not a hard limit.${left}`}
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
