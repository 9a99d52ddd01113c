/** The parts of a machine that end-to-end tests need, as `npm test` names them. */
const parts = {
  LIGHTNODE_CHROMIUM: 'no Chromium to drive',
  LIGHTNODE_E2E_ELECTRON: 'no Electron that can open a window',
} as const

/** Whether a part is here. Without it: in CI an error, elsewhere the reason on standard error and false. */
export function hasPart(part: keyof typeof parts): boolean {
  if (process.env[part]) return true
  const reason = `${parts[part]} (${part} is not set; npm test sets it)`
  if (process.env.CI === 'true') throw new Error(`A part of the tests is missing: ${reason}`)
  console.error(`Skipped: ${reason}`)
  return false
}
