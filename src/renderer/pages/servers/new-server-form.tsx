import { Anchor, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRef } from 'react'
import { useLocation } from 'wouter'
import { offeredTypes } from '../../../shared/fields.ts'
import { focusWrong } from '../../components/field-errors.ts'
import { DialogForm } from '../../components/form-dialog.tsx'
import { typeNames } from '../../components/format.ts'
import { MemoryField } from '../../components/memory-field.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import { type CreateValues, createDefaults, createErrors, readCreate } from './create-errors.ts'
import { DiskField } from './disk-field.tsx'
import styles from './new-server.module.css'
import { WhatHappens } from './what-happens.tsx'

const eulaUrl = 'https://aka.ms/MinecraftEULA'
const types = offeredTypes.map((value) => ({ value, label: typeNames[value] }))

/** The fields of a new server. What is wrong is said beside its field; what belongs to none, over the button. */
export function NewServerForm({ onClose }: { onClose(): void }) {
  const client = useClient()
  const regions = useApp((state) => state.regions)
  const [, go] = useLocation()
  const form = useForm<CreateValues>({ initialValues: createDefaults })
  const frame = useRef<HTMLFormElement>(null)
  const action = useAction()

  const submit = form.onSubmit((values) => {
    const { input, errors } = readCreate(values)
    if (!input) {
      form.setErrors(errors)
      focusWrong(frame.current)
      return
    }
    void action.run(async () => {
      try {
        const { id } = await client.servers.create(input)
        onClose()
        go(`/servers/${id}`)
      } catch (error) {
        const { fields, other } = createErrors(problemOf(error))
        form.setErrors(fields)
        focusWrong(frame.current)
        if (other) throw error
      }
    })
  })

  const places = [
    { value: '', label: 'Any region' },
    ...(regions ?? []).filter(({ enabled }) => enabled).map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<WhatHappens values={form.values} />}
      buttons={
        <Button type="submit" loading={action.busy}>
          Create server
        </Button>
      }
    >
      <TextInput label="Name" data-autofocus autoComplete="off" {...form.getInputProps('name')} />
      <MemoryField
        value={form.values.memory}
        error={form.errors.memory}
        onChange={(size) => form.setFieldValue('memory', size)}
      />
      <DiskField
        value={form.values.diskSpace}
        error={form.errors.diskSpace}
        onChange={(size) => form.setFieldValue('diskSpace', size)}
      />
      <NativeSelect label="Server type" data={types} {...form.getInputProps('type')} />
      <TextInput
        label="Version"
        description="LATEST, SNAPSHOT or a version such as 1.20.4."
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('version')}
      />
      <NativeSelect label="Region" data={places} {...form.getInputProps('region')} />
      <div className={styles.eula}>
        <Checkbox
          label="I accept the Minecraft EULA"
          aria-invalid={Boolean(form.errors.acceptEula)}
          {...form.getInputProps('acceptEula', { type: 'checkbox' })}
        />
        <Anchor href={eulaUrl} target="_blank" rel="noreferrer" className="small">
          Read it
        </Anchor>
      </div>
    </DialogForm>
  )
}
