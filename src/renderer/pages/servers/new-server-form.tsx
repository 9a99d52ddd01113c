import { Anchor, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRef } from 'react'
import { useLocation } from 'wouter'
import { serverTypes } from '../../../shared/model.ts'
import { typeNames } from '../../components/format.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import { type CreateValues, createDefaults, createErrors, readCreate } from './create-errors.ts'
import styles from './new-server.module.css'
import { DiskField, MemoryField } from './size-fields.tsx'
import { WhatHappens } from './what-happens.tsx'

const eulaUrl = 'https://aka.ms/MinecraftEULA'
const types = serverTypes.map((value) => ({ value, label: typeNames[value] }))

/** The fields of a new server. What is wrong is said beside its field; what belongs to none, over the button. */
export function NewServerForm({ onClose }: { onClose(): void }) {
  const client = useClient()
  const regions = useApp((state) => state.regions)
  const [, go] = useLocation()
  const form = useForm<CreateValues>({ initialValues: createDefaults })
  const frame = useRef<HTMLFormElement>(null)
  const action = useAction()

  const focusWrong = () =>
    setTimeout(() => frame.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())

  const submit = form.onSubmit((values) => {
    const { input, errors } = readCreate(values)
    if (!input) {
      form.setErrors(errors)
      focusWrong()
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
        focusWrong()
        if (other) throw error
      }
    })
  })

  const places = [
    { value: '', label: 'Any region' },
    ...(regions ?? []).filter(({ enabled }) => enabled).map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <form ref={frame} onSubmit={submit} noValidate className={styles.form}>
      <div className={styles.fields}>
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
            {...form.getInputProps('acceptEula', { type: 'checkbox' })}
          />
          <Anchor href={eulaUrl} target="_blank" rel="noreferrer" className="small">
            Read it
          </Anchor>
        </div>
      </div>
      <footer className={styles.footer}>
        {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
        <div className={styles.footRow}>
          <WhatHappens values={form.values} />
          <Button type="submit" loading={action.busy}>
            Create server
          </Button>
        </div>
      </footer>
    </form>
  )
}
