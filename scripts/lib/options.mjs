import { fromUsersFolder } from './paths.mjs'
import { Failure } from './say.mjs'

const FLAGS = {
  '--browser': 'browser',
  '--json': 'json',
  '--demo': 'demo',
  '--no-setup': 'noSetup',
  '--help': 'help',
}

export const USAGE = `Usage: npm start -- [options]

  --browser       serve the interface on loopback instead of opening the window
  --port N        the port to serve on, 0 to 65535 (0: any free one)
  --data-dir DIR  keep everything in DIR instead of the platform's place for application data
  --restore NAME  put this copy from the backups folder in the database's place first
  --json          when ready, print one line of JSON: mode, url, dataDir, pid
  --demo          a throwaway data folder and a small game image, to look around in
  --no-setup      install nothing on this machine and start no engine
  --help          this text`

/**
 * Reads the options that the commands take.
 *
 * @param {string[]} argv the arguments after the script's name
 * @returns {{browser: boolean, json: boolean, demo: boolean, noSetup: boolean, help: boolean, port?: number, dataDir?: string, restore?: string}}
 * @throws {Failure} with exit code 2 for an unknown option, a missing value, or a port outside 0..65535
 */
export function parseOptions(argv) {
  const options = { browser: false, json: false, demo: false, noSetup: false, help: false }
  const rest = [...argv]
  while (rest.length > 0) {
    const word = rest.shift()
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    const name = equals < 0 ? word : word.slice(0, equals)
    if (name in FLAGS) {
      if (equals >= 0) throw usage(`${name} takes no value`)
      options[FLAGS[name]] = true
    } else if (['--port', '--data-dir', '--restore'].includes(name)) {
      const value = equals < 0 ? rest.shift() : word.slice(equals + 1)
      if (value === undefined || value === '' || (equals < 0 && value.startsWith('--'))) {
        throw usage(`${name} needs a value`)
      }
      if (name === '--port') options.port = parsePort(value)
      else if (name === '--restore') options.restore = value
      else options.dataDir = fromUsersFolder(value)
    } else {
      throw usage(`unknown option ${JSON.stringify(word)}; --help lists what there is`)
    }
  }
  if (options.demo && options.dataDir !== undefined) {
    throw usage('--demo has a data folder of its own; leave --data-dir out')
  }
  return options
}

function usage(line) {
  return new Failure(line, 2)
}

function parsePort(text) {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65535)) {
    throw usage(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}`)
  }
  return port
}

/** The options that the built application itself takes, in its own order. */
export function applicationArguments(options) {
  return [
    ...(options.dataDir === undefined ? [] : ['--data-dir', options.dataDir]),
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...(options.json ? ['--json'] : []),
    ...(options.demo ? ['--demo'] : []),
    ...(options.restore === undefined ? [] : ['--restore', options.restore]),
    ...(options.image === undefined ? [] : ['--image', options.image]),
  ]
}
