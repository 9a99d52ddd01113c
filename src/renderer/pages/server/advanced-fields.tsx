import { NativeSelect, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { offeredTypes, type ServerType } from '../../../shared/fields.ts'
import type { Server } from '../../../shared/model.ts'
import { typeNames } from '../../components/format.ts'
import { useApp } from '../../store/store.ts'
import styles from './edit.module.css'
import type { EditValues } from './edit-values.ts'
import { VariableRows } from './variable-rows.tsx'

/** The types that a server can be given: those on offer, and the one that it has. */
function typeChoices(own: ServerType) {
  const offered: readonly ServerType[] = offeredTypes
  const types = offered.includes(own) ? offered : [own, ...offered]
  return types.map((value) => ({ value, label: typeNames[value] }))
}

/** Of a server that exists: what few people change. */
export function AdvancedFields({ form, server }: { form: UseFormReturnType<EditValues>; server: Server }) {
  const host = useApp(
    (state) => state.regions?.flatMap(({ hosts }) => hosts).find(({ id }) => id === server.host) ?? null,
  )
  const usual = host?.publicAddress ?? host?.addresses[0]
  return (
    <>
      <div className={styles.pair}>
        <NativeSelect label="Server type" data={typeChoices(server.type)} {...form.getInputProps('type')} />
        <TextInput label="Version" autoComplete="off" spellCheck={false} {...form.getInputProps('version')} />
      </div>
      <p className={styles.say}>
        LATEST, SNAPSHOT or a version such as 1.20.4.{' '}
        {!server.newWorld &&
          'The world is copied first and the copy is kept; the game can’t undo a change of version.'}
      </p>
      <TextInput
        label="Address for players"
        description={usual ? `Empty: the host’s, ${usual}.` : 'Empty: the host’s.'}
        placeholder={usual ?? ''}
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('address')}
      />
      <VariableRows form={form} />
    </>
  )
}
