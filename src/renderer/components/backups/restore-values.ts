import { z } from 'zod'
import { memorySchema, nameSchema } from '../../../shared/fields.ts'
import type { Problem } from '../../problem.ts'
import { fieldErrors } from '../field-errors.ts'

/** Of the new server; a cleared number field is an empty text. */
export interface NewValues {
  name: string
  memory: number | string
  acceptEula: boolean
}

type NewField = keyof NewValues
export type NewErrors = Partial<Record<NewField, string>>

const schema = z.object({ name: nameSchema, memory: memorySchema })
const isField = (name: unknown): name is NewField =>
  name === 'name' || name === 'memory' || name === 'acceptEula'

/** Holds the values against the contract's own schemas. @returns what to send, or what is wrong with each field */
export function readNew({
  name,
  memory,
  acceptEula,
}: NewValues):
  | { input: z.infer<typeof schema> & { acceptEula: true }; errors: null }
  | { input: null; errors: NewErrors } {
  const parsed = schema.safeParse({ name, memory: memory === '' ? undefined : Number(memory) })
  const errors: NewErrors = {}
  for (const { path, message } of parsed.error?.issues ?? [])
    if (isField(path[0])) errors[path[0]] ??= message
  if (!acceptEula) errors.acceptEula = 'Accept the EULA to create the server.'
  if (!parsed.success || !acceptEula) return { input: null, errors }
  return { input: { ...parsed.data, acceptEula }, errors: null }
}

/** Sorts a refusal of the core to the fields it speaks of; `other` is what belongs to none. */
export const newErrors = (problem: Problem) =>
  fieldErrors(problem, isField, {
    NAME_TAKEN: 'name',
    MEMORY_EXCEEDED: 'memory',
    EULA_REQUIRED: 'acceptEula',
  })
