import { Anchor, Checkbox, TextInput } from '@mantine/core'
import { MemoryField } from '../memory-field.tsx'
import styles from './backups.module.css'
import type { NewErrors, NewValues } from './restore-values.ts'

interface Props {
  values: NewValues
  errors: NewErrors
  onChange(values: NewValues): void
  /** The name has the focus first. */
  autoFocus?: boolean
}

/** What a new server needs to be given, beside the world that it comes with. */
export function NewServerFields({ values, errors, onChange, autoFocus = false }: Props) {
  return (
    <>
      <TextInput
        label="Name"
        autoComplete="off"
        data-autofocus={autoFocus || undefined}
        value={values.name}
        error={errors.name}
        onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
      />
      <MemoryField
        value={values.memory}
        error={errors.memory}
        onChange={(memory) => onChange({ ...values, memory })}
      />
      <div className={styles.eula}>
        <Checkbox
          label="I accept the Minecraft EULA"
          checked={values.acceptEula}
          error={errors.acceptEula}
          aria-invalid={Boolean(errors.acceptEula)}
          onChange={(event) => onChange({ ...values, acceptEula: event.currentTarget.checked })}
        />
        <Anchor href="https://aka.ms/MinecraftEULA" target="_blank" rel="noreferrer" className="small">
          Read it
        </Anchor>
      </div>
    </>
  )
}
