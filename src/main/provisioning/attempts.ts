import { invalidInput, LightNodeError } from '../../shared/errors.ts'

// Checks that are all made before one is told: every wrong field is named at once.

/** @returns null when it failed: then the error is among the errors */
export function attempt<Result>(errors: LightNodeError[], work: () => Result): Result | null {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof LightNodeError)) throw error
    errors.push(error)
    return null
  }
}

/** @throws the one LightNodeError there is, or INVALID_INPUT with the fields of all */
export function refuseAll(errors: LightNodeError[]): void {
  const fields = errors.flatMap(({ data }) => data.fields ?? [])
  if (errors.length > 1 && fields.length > 1) throw invalidInput(fields)
  if (errors[0]) throw errors[0]
}
