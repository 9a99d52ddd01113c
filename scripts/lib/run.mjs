import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const running = new Set()
let watching = false

/** Ends whatever a step of ours runs when we are asked to end, so that nothing goes on without us. */
function watchSignals() {
  if (watching) return
  watching = true
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (running.size === 0) process.exit(128 + constants.signals[signal])
      for (const onSignal of running) onSignal(signal)
    })
  }
}

/**
 * Runs one step of ours to its end. Its output is kept, and shown on standard error as it comes where `show`
 * says so ('errors': its standard error alone); standard input is closed, so that nothing can ask a question.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{show?: boolean | 'errors', timeoutMs?: number, shell?: boolean, cwd?: string, env?: object}} [options]
 * @returns {Promise<{code: number, output: string, stdout: string, timedOut: boolean, error?: Error}>} code is 127
 *   when the command could not be started
 */
export function runStep(command, args, options = {}) {
  watchSignals()
  const { show = false, timeoutMs, ...spawnOptions } = options
  return new Promise((done) => {
    const child = spawn(command, args, {
      ...spawnOptions,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    let output = ''
    let stdout = ''
    let timedOut = false
    const onSignal = (signal) => {
      child.kill(signal)
      process.exit(128 + constants.signals[signal])
    }
    running.add(onSignal)
    const timer =
      timeoutMs &&
      setTimeout(() => {
        timedOut = true
        child.kill('SIGKILL')
      }, timeoutMs)
    const end = (result) => {
      clearTimeout(timer)
      running.delete(onSignal)
      done({ output, stdout, timedOut, ...result })
    }
    const take = (chunk, isOut) => {
      output += chunk
      if (isOut) stdout += chunk
      if (show === true || (show === 'errors' && !isOut)) process.stderr.write(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', (chunk) => take(chunk, true))
    child.stderr.setEncoding('utf8').on('data', (chunk) => take(chunk, false))
    child.on('error', (error) => end({ code: 127, error }))
    child.on('exit', (code, signal) => {
      const result = { code: code ?? 128 + constants.signals[signal] }
      // A daemon that the step started may hold the pipes open for as long as it lives.
      const grace = setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
        end(result)
      }, 1000)
      child.on('close', () => {
        clearTimeout(grace)
        end(result)
      })
    })
  })
}

/**
 * Runs the application with our own standard streams until it ends. A signal is passed on once, and only
 * when the application is still there a moment later: a terminal sends Ctrl-C to both of us.
 *
 * @returns {Promise<number>} its exit code (128 + number when a signal ended it)
 */
export function runApplication(command, args, options = {}) {
  watchSignals()
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const passed = new Set()
    let timer
    const onSignal = (signal) => {
      if (passed.has(signal) || process.platform === 'win32') return
      passed.add(signal)
      const wait = signal === 'SIGINT' && process.stdin.isTTY ? 500 : 0
      timer = setTimeout(() => child.kill(signal), wait)
    }
    running.add(onSignal)
    const end = () => {
      clearTimeout(timer)
      running.delete(onSignal)
    }
    child.on('error', (error) => {
      end()
      failed(error)
    })
    child.on('exit', (code, signal) => {
      end()
      done(code ?? 128 + constants.signals[signal])
    })
  })
}
