import type { ImportFix, ImportRow } from '../../shared/adoption.ts'
import { memorySchema, nameSchema, type ServerType } from '../../shared/fields.ts'
import { publicAddressSchema } from '../../shared/hosts.ts'
import { passwordLength } from '../provisioning/password.ts'
import type { Secret } from '../secrets/secret.ts'
import type { SourceRow } from './table.ts'

const MB_PER_GB = 1024
const DEFAULT_GB = 1
/** What an RCON login can carry is more; nobody has one. */
const MOST_PASSWORD = 500

type Conflict = ImportRow['conflicts'][number]
type Field = Conflict['field']

/** A row's own values, checked one by one; what they are to others is the plan's to say. */
export interface RowValues {
  /** Null for none that can be used. */
  name: string | null
  port: number | null
  memoryMb: number | null
  ipAddress: string | null
  /** Null: a new one is made. */
  password: Secret | null
  type: ServerType
  version: string
  /** Wrong in themselves, with what would be right; null where the plan has to find it. */
  wrong: Partial<Record<Field, { message: string; proposal: string | null }>>
  notes: string[]
}

/** @param fix what a person put in place of the source's values */
export function readValues(row: SourceRow, fix: ImportFix | undefined): RowValues {
  const wrong: RowValues['wrong'] = {}
  const notes: string[] = []
  const refuse = (field: Field, message: string, proposal: string | null = null) => {
    wrong[field] = { message, proposal }
    return null
  }

  function name(): string | null {
    const read = nameSchema.safeParse(fix?.name ?? row.name)
    return read.success ? read.data : refuse('name', messageOf(read.error))
  }

  function port(): number | null {
    if (fix?.port !== undefined) return fix.port
    const number = /^\d{1,5}$/.test(row.port) ? Number(row.port) : 0
    return number >= 1 && number <= 65_535 ? number : refuse('port', 'A port is a number from 1 to 65535.')
  }

  function memoryMb(): number | null {
    if (fix?.memory === undefined && row.memory === '')
      notes.push(`No memory is given: it gets ${DEFAULT_GB} GB.`)
    const gb = fix?.memory ?? (row.memory === '' ? DEFAULT_GB : parseGigabytes(row.memory))
    if (gb === null)
      return refuse('memory', 'Memory is a number of GB, or of MB with the unit.', String(DEFAULT_GB))
    const read = memorySchema.safeParse(gb)
    return read.success ? Math.round(gb * MB_PER_GB) : refuse('memory', messageOf(read.error), likelyGb(gb))
  }

  function ipAddress(): string | null {
    if (row.ipAddress === '') return null
    const read = publicAddressSchema.safeParse(row.ipAddress)
    return read.success ? read.data : refuse('ipAddress', messageOf(read.error))
  }

  function password(): Secret | null {
    const text = row.rconPassword.reveal()
    if (text === '') {
      notes.push('No RCON password is given: a new one is made.')
      return null
    }
    if (/[\p{Cc}]/u.test(text) || text.length > MOST_PASSWORD)
      return refuse('rconPassword', `A password has no line breaks, and ${MOST_PASSWORD} characters at most.`)
    if (!/^[A-Za-z0-9]+$/.test(text) || text.length < passwordLength.min)
      notes.push(
        `Its RCON password is kept, though it is not like those of LightNode (letters and digits, ${passwordLength.min} at least).`,
      )
    return row.rconPassword
  }

  if (row.problem) wrong.name = { message: row.problem, proposal: null }
  const values = { port: port(), memoryMb: memoryMb(), ipAddress: ipAddress(), password: password() }
  return { name: row.problem ? null : name(), ...values, type: row.type, version: row.version, wrong, notes }
}

/** What was meant by an amount that no server can have: above the most, a number without a unit was of MB. */
function likelyGb(gb: number): string {
  if (gb < 1) return '0.5'
  const { success, data } = memorySchema.safeParse(Math.round((gb / MB_PER_GB) * 10) / 10)
  return String(success ? data : DEFAULT_GB)
}

/** "2", "2.5", "2,5", "2 GB", "2048 MB". @returns GB; null for anything else */
export function parseGigabytes(text: string): number | null {
  const match = /^(\d{1,7}(?:[.,]\d{1,6})?)\s*([gm]?)b?$/i.exec(text.trim())
  if (!match) return null
  const amount = Number((match[1] ?? '').replace(',', '.'))
  return match[2]?.toLowerCase() === 'm' ? amount / MB_PER_GB : amount
}

const messageOf = ({ issues }: { issues: readonly { message: string }[] }) =>
  issues.map(({ message }) => message).join(' ')
