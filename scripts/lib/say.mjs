/** A failure that is already one clear line for the user; `exitCode` is what the command ends with. */
export class Failure extends Error {
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** One line for the user, on standard error: standard output belongs to the application. */
export function say(line) {
  process.stderr.write(`LightNode: ${line}\n`)
}

/** Runs a command's main function and ends the process with its code. */
export async function main(run) {
  try {
    process.exitCode = await run()
  } catch (error) {
    const known = error instanceof Failure
    say(known ? error.message : (error?.stack ?? String(error)))
    process.exitCode = known ? error.exitCode : 1
  }
}
