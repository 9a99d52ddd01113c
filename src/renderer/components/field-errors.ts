import type { Problem } from '../problem.ts'

/** Which field a refusal speaks of, by its code. */
export type FieldOfCode<Field extends string> = Partial<Record<Problem['code'], Field>>

/** Sorts a refusal of the core to the fields it speaks of; `other` is what belongs to none. */
export function fieldErrors<Field extends string>(
  problem: Problem,
  isField: (name: unknown) => name is Field,
  fieldOfCode: FieldOfCode<Field>,
): { fields: Partial<Record<Field, string>>; other: Problem | null } {
  const fields: Partial<Record<Field, string>> = {}
  const field = fieldOfCode[problem.code]
  if (field) fields[field] = `${problem.message} ${problem.remedy}`
  else for (const { field: name, message } of problem.fields) if (isField(name)) fields[name] ??= message
  return { fields, other: Object.keys(fields).length ? null : problem }
}

/** Takes the focus to the first wrong field of a form, once its errors are shown. */
export function focusWrong(form: HTMLFormElement | null): void {
  setTimeout(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
