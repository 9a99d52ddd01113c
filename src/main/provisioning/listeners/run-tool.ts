import { execFile } from 'node:child_process'

const timeoutMs = 5000
const maxBuffer = 32 * 1024 * 1024

/**
 * What a system tool prints, whatever its exit code (lsof ends with 1 when nothing matches).
 * @param file the tool's full path, so that no other program of its name is run
 * @returns standard output; empty when the tool is missing or takes more than 5 s
 */
export function runTool(file: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, maxBuffer, windowsHide: true, encoding: 'utf8' as const }
    try {
      execFile(file, args, options, (error, stdout) => resolve(error?.killed ? '' : stdout))
    } catch {
      resolve('')
    }
  })
}
