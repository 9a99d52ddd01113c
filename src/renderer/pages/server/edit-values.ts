import { z } from 'zod'
import {
  memorySchema,
  nameSchema,
  type ServerUpdate,
  typeSchema,
  versionSchema,
} from '../../../shared/fields.ts'
import { publicAddressSchema } from '../../../shared/hosts.ts'
import type { Server } from '../../../shared/model.ts'
import { fieldErrors } from '../../components/field-errors.ts'
import type { Problem } from '../../problem.ts'
import { readVariables, rowOf, sameVariables, type Variable, variablesOf } from './variables.ts'

/** The dialog's values; a cleared number field is an empty text, an empty address is the host's. */
export interface EditValues {
  name: string
  memory: number | string
  type: string
  version: string
  address: string
  variables: Variable[]
}

/** By field; `variables.0.name` is one of a row. */
export type EditErrors = Partial<Record<string, string>>

/** What of a server can be edited. */
export type Editable = Pick<Server, 'name' | 'memory' | 'type' | 'version' | 'ownAddress' | 'environment'>

/** The values that the dialog opens with. */
export const editStart = (server: Editable): EditValues => ({
  name: server.name,
  memory: server.memory,
  type: server.type,
  version: server.version,
  address: server.ownAddress ?? '',
  variables: variablesOf(server.environment),
})

const schema = z.object({
  name: nameSchema,
  memory: memorySchema,
  type: typeSchema,
  version: versionSchema,
  address: publicAddressSchema.nullable(),
})

/**
 * Holds the values against the contract's own schemas.
 * @returns what differs from the server and is to be sent, empty when nothing does; or what is wrong with each field
 */
export function readEdit(
  values: EditValues,
  server: Editable,
): { changes: ServerUpdate; errors: null } | { changes: null; errors: EditErrors } {
  const parsed = schema.safeParse({
    ...values,
    memory: values.memory === '' ? undefined : Number(values.memory),
    address: values.address.trim() === '' ? null : values.address,
  })
  const { environment, errors } = readVariables(values.variables)
  for (const { path, message } of parsed.error?.issues ?? []) errors[String(path[0])] ??= message
  if (!parsed.success || Object.keys(errors).length) return { changes: null, errors }
  const { name, memory, type, version, address } = parsed.data
  const changes: ServerUpdate = {
    ...(name !== server.name && { name }),
    ...(memory !== server.memory && { memory }),
    ...(type !== server.type && { type }),
    ...(version !== server.version && { version }),
    ...(address !== server.ownAddress && { address }),
    ...(!sameVariables(environment, server.environment) && { environment }),
  }
  return { changes, errors: null }
}

const own = /^(name|memory|type|version|address|variables(\.\d+\.(name|value))?)$/
const isField = (name: unknown): name is string => typeof name === 'string' && own.test(name)

/** Sorts a refusal of the core to the fields it speaks of; `other` is what belongs to none. */
export function editErrors(problem: Problem, variables: Variable[]) {
  const fields = problem.fields.map(({ field, message }) => ({ field: fieldHere(field, variables), message }))
  return fieldErrors({ ...problem, fields }, isField, { NAME_TAKEN: 'name', MEMORY_EXCEEDED: 'memory' })
}

/** The contract speaks of a variable by its name, the dialog by its row. */
function fieldHere(field: string, variables: Variable[]): string {
  const [first, name] = field.split('.')
  if (first !== 'environment') return field
  const row = name === undefined ? -1 : rowOf(name, variables)
  return row < 0 ? 'variables' : `variables.${row}.value`
}

/** True when an error is of a field that is folded away at first. */
export const isAdvanced = (errors: EditErrors): boolean =>
  Object.keys(errors).some((field) => field !== 'name' && field !== 'memory')
