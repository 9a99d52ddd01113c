import { ActionIcon, Button, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import styles from './edit.module.css'
import type { EditValues } from './edit-values.ts'

/** Extra variables of the game: a row each, and the way to another one. */
export function VariableRows({ form }: { form: UseFormReturnType<EditValues> }) {
  const rows = useRef<HTMLFieldSetElement>(null)
  const { variables } = form.values
  const focusOn = (selector: string) =>
    setTimeout(() => rows.current?.querySelector<HTMLElement>(selector)?.focus())
  const add = () => {
    form.insertListItem('variables', { name: '', value: '' })
    focusOn(`[data-row="${variables.length}"]`)
  }
  const remove = (row: number) => {
    form.removeListItem('variables', row)
    // To the row that moves up into its place, or to the button under the last one.
    focusOn(row < variables.length - 1 ? `[data-row="${row}"]` : '[data-add]')
  }
  return (
    <fieldset ref={rows} className={styles.variables}>
      <legend>Variables</legend>
      <p className={styles.say}>
        For the game’s container, such as DIFFICULTY or SEED. Anyone who may use Docker on this machine can
        read them with <code>docker inspect</code>: put no secrets here.
      </p>
      {variables.map((_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity; its fields are controlled.
        <div key={row} className={styles.variable}>
          <TextInput
            aria-label={`Name of variable ${row + 1}`}
            placeholder="NAME"
            classNames={{ input: 'mono' }}
            data-row={row}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps(`variables.${row}.name`)}
          />
          <TextInput
            aria-label={`Value of variable ${row + 1}`}
            placeholder="value"
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps(`variables.${row}.value`)}
          />
          <ActionIcon
            aria-label={`Remove variable ${variables[row]?.name || row + 1}`}
            title="Remove"
            onClick={() => remove(row)}
          >
            <IconX size={15} stroke={1.75} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {form.errors.variables && (
        <p className="danger small" role="alert">
          {form.errors.variables}
        </p>
      )}
      <Button
        data-add
        variant="default"
        className={styles.add ?? ''}
        leftSection={<IconPlus size={14} stroke={2} aria-hidden />}
        onClick={add}
      >
        Add variable
      </Button>
    </fieldset>
  )
}
