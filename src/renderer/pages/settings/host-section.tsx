import { NumberInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import type { Host } from '../../../shared/hosts.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import {
  type RangeErrors,
  type RangeValues,
  rangeErrors,
  readPublicAddress,
  readRanges,
} from './host-forms.ts'
import { SaveButton, Section } from './section.tsx'
import styles from './settings.module.css'

/** What players are given as the address of a host, and the ports it may use. */
export function HostSection({ host }: { host: Host }) {
  return (
    <Section
      title={`Addresses and ports: ${host.name}`}
      about={
        <>
          Own addresses: <span className="mono">{host.addresses.join(', ') || 'none found'}</span>
        </>
      }
    >
      <PublicAddress host={host} />
      <hr className={styles.line} />
      <PortRanges host={host} />
    </Section>
  )
}

function PublicAddress({ host }: { host: Host }) {
  const client = useClient()
  const putHost = useApp((state) => state.putHost)
  const [text, setText] = useState(host.publicAddress ?? '')
  const [error, setError] = useState<string | null>(null)
  const [saved, setSaved] = useState(0)
  const action = useAction()
  useEffect(() => setText(host.publicAddress ?? ''), [host.publicAddress])

  const save = async (event: FormEvent) => {
    event.preventDefault()
    const read = readPublicAddress(text)
    setError(read.error)
    if (read.error) return
    const done = await action.run(async () =>
      putHost(await client.hosts.update({ id: host.id, publicAddress: read.address })),
    )
    if (done) setSaved((count) => count + 1)
  }
  return (
    <form onSubmit={save} noValidate className={styles.form}>
      <TextInput
        label="Public address"
        description="An IP address or a name that players should use; empty for this machine's own address."
        placeholder={host.addresses[0] ?? ''}
        value={text}
        error={error ?? action.problem?.fields[0]?.message}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {action.problem?.fields.length === 0 && (
        <ProblemNotice problem={action.problem} onClose={action.dismiss} />
      )}
      <SaveButton
        what="public address"
        busy={action.busy}
        saved={saved}
        disabled={text.trim() === (host.publicAddress ?? '')}
      />
    </form>
  )
}

const valuesOf = ({ gamePorts, rconPorts }: Host): RangeValues => ({
  gameFirst: gamePorts.first,
  gameLast: gamePorts.last,
  rconFirst: rconPorts.first,
  rconLast: rconPorts.last,
})

const rangeFields: { name: keyof RangeValues; label: string }[] = [
  { name: 'gameFirst', label: 'First game port' },
  { name: 'gameLast', label: 'Last game port' },
  { name: 'rconFirst', label: 'First RCON port' },
  { name: 'rconLast', label: 'Last RCON port' },
]

function PortRanges({ host }: { host: Host }) {
  const client = useClient()
  const putHost = useApp((state) => state.putHost)
  const kept = JSON.stringify(valuesOf(host))
  const [values, setValues] = useState(valuesOf(host))
  const [errors, setErrors] = useState<RangeErrors>({})
  const [saved, setSaved] = useState(0)
  const action = useAction()
  useEffect(() => setValues(JSON.parse(kept)), [kept])

  const save = async (event: FormEvent) => {
    event.preventDefault()
    const read = readRanges(values)
    setErrors(read.errors ?? {})
    if (read.errors) return
    const { gamePorts, rconPorts } = read
    const done = await action.run(async () => {
      try {
        putHost(await client.hosts.update({ id: host.id, gamePorts, rconPorts }))
      } catch (error) {
        setErrors(rangeErrors(problemOf(error).fields))
        throw error
      }
    })
    if (done) setSaved((count) => count + 1)
  }
  return (
    <form onSubmit={save} noValidate className={styles.form}>
      <div className={styles.ranges}>
        {rangeFields.map(({ name, label }) => (
          <NumberInput
            key={name}
            label={label}
            hideControls
            allowDecimal={false}
            allowNegative={false}
            clampBehavior="none"
            value={values[name]}
            error={errors[name]}
            onChange={(value) => setValues((others) => ({ ...others, [name]: value }))}
          />
        ))}
      </div>
      {action.problem?.fields.length === 0 && (
        <ProblemNotice problem={action.problem} onClose={action.dismiss} />
      )}
      <SaveButton
        what="port ranges"
        busy={action.busy}
        saved={saved}
        disabled={JSON.stringify(values) === kept}
      />
    </form>
  )
}
