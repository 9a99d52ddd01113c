import { type CreateServerInput, createServerInputSchema } from '../../../shared/model.ts'
import { type FieldOfCode, fieldErrors } from '../../components/field-errors.ts'
import type { Problem } from '../../problem.ts'

/** The dialog's values; a cleared number field is an empty text. */
export interface CreateValues {
  name: string
  memory: number | string
  diskSpace: number | string
  type: string
  version: string
  /** Empty for any. */
  region: string
  acceptEula: boolean
}

export type CreateField = keyof CreateValues
export type CreateFieldErrors = Partial<Record<CreateField, string>>

export const createDefaults: CreateValues = {
  name: '',
  memory: 2,
  diskSpace: 10,
  type: 'VANILLA',
  version: 'LATEST',
  region: '',
  acceptEula: false,
}

const fieldNames = Object.keys(createDefaults)
const isField = (name: unknown): name is CreateField => typeof name === 'string' && fieldNames.includes(name)

const asNumber = (value: number | string): unknown => (value === '' ? undefined : Number(value))

/**
 * Holds the values against the contract's own schema.
 * @returns the input to send, or what is wrong with each field
 */
export function readCreate(
  values: CreateValues,
): { input: CreateServerInput; errors: null } | { input: null; errors: CreateFieldErrors } {
  const { region, memory, diskSpace, ...others } = values
  const parsed = createServerInputSchema.safeParse({
    ...others,
    memory: asNumber(memory),
    diskSpace: asNumber(diskSpace),
    ...(region ? { region } : {}),
  })
  const errors: CreateFieldErrors = {}
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [name] = path
    if (isField(name)) errors[name] ??= message
  }
  if (!values.acceptEula) errors.acceptEula = 'Accept the EULA to create the server.'
  if (!parsed.success || Object.keys(errors).length) return { input: null, errors }
  return { input: parsed.data, errors: null }
}

const fieldOfCode: FieldOfCode<CreateField> = {
  NAME_TAKEN: 'name',
  EULA_REQUIRED: 'acceptEula',
  MEMORY_EXCEEDED: 'memory',
  DISK_EXCEEDED: 'diskSpace',
}

/** Sorts a refusal of the core to the fields it speaks of; `other` is what belongs to none. */
export const createErrors = (problem: Problem) => fieldErrors(problem, isField, fieldOfCode)
