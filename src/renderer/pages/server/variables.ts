import { type Environment, environmentSchema } from '../../../shared/fields.ts'

/** An extra variable of the game as a row of two fields. */
export interface Variable {
  name: string
  value: string
}

export const variablesOf = (environment: Environment): Variable[] =>
  Object.entries(environment).map(([name, value]) => ({ name, value }))

/** Whether two sets are the same, in whatever order. */
export function sameVariables(one: Environment, other: Environment): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

/** The row that holds a variable; -1 for none. */
export const rowOf = (name: string, variables: Variable[]): number =>
  variables.findIndex((variable) => variable.name.trim() === name)

/**
 * Reads the rows; those that are empty are passed over.
 * @returns the variables, and what is wrong by field: `variables.0.name`, `variables.0.value`, or `variables` alone
 */
export function readVariables(variables: Variable[]): {
  environment: Environment
  errors: Record<string, string>
} {
  const environment: Environment = {}
  const errors: Record<string, string> = {}
  for (const [row, { name: given, value }] of variables.entries()) {
    const name = given.trim()
    if (name === '' && value === '') continue
    const wrong = wrongName(name, environment)
    if (wrong) errors[`variables.${row}.name`] = wrong
    for (const issue of environmentSchema.safeParse({ [name]: value }).error?.issues ?? []) {
      if (issue.code === 'invalid_key')
        errors[`variables.${row}.name`] ??= issue.issues[0]?.message ?? issue.message
      else errors[`variables.${row}.value`] ??= issue.message
    }
    environment[name] = value
  }
  if (!Object.keys(errors).length) {
    const issue = environmentSchema.safeParse(environment).error?.issues[0]
    if (issue) errors.variables = issue.message
  }
  return { environment, errors }
}

function wrongName(name: string, above: Environment): string | null {
  if (name === '') return 'Give it a name.'
  return Object.hasOwn(above, name) ? 'There is one of this name above.' : null
}
