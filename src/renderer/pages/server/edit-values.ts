import { z } from 'zod'
import { memorySchema, nameSchema } from '../../../shared/fields.ts'
import type { Server } from '../../../shared/model.ts'
import { type FieldOfCode, fieldErrors } from '../../components/field-errors.ts'
import type { Problem } from '../../problem.ts'

/** The dialog's values; a cleared number field is an empty text. */
export interface EditValues {
  name: string
  memory: number | string
}

type EditField = keyof EditValues
export type EditFieldErrors = Partial<Record<EditField, string>>

const schema = z.object({ name: nameSchema, memory: memorySchema })
const isField = (name: unknown): name is EditField => name === 'name' || name === 'memory'

/** What differs from the server as it is. */
export type EditChanges = Partial<z.infer<typeof schema>>

/**
 * Holds the values against the contract's own schemas.
 * @returns what to send, empty when nothing differs; or what is wrong with each field
 */
export function readEdit(
  values: EditValues,
  server: Pick<Server, 'name' | 'memory'>,
): { changes: EditChanges; errors: null } | { changes: null; errors: EditFieldErrors } {
  const memory = values.memory === '' ? undefined : Number(values.memory)
  const parsed = schema.safeParse({ name: values.name, memory })
  if (!parsed.success) {
    const errors: EditFieldErrors = {}
    for (const { path, message } of parsed.error.issues) if (isField(path[0])) errors[path[0]] ??= message
    return { changes: null, errors }
  }
  const changes: EditChanges = {}
  if (parsed.data.name !== server.name) changes.name = parsed.data.name
  if (parsed.data.memory !== server.memory) changes.memory = parsed.data.memory
  return { changes, errors: null }
}

const fieldOfCode: FieldOfCode<EditField> = { NAME_TAKEN: 'name', MEMORY_EXCEEDED: 'memory' }

/** Sorts a refusal of the core to the fields it speaks of; `other` is what belongs to none. */
export const editErrors = (problem: Problem) => fieldErrors(problem, isField, fieldOfCode)
