import { basename, isAbsolute, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  browser: boolean
  /** Null: the remembered port, else any; 0: any. */
  port: number | null
  /** Null: the platform's place. */
  dataDir: string | null
  json: boolean
  demo: boolean
  image: string | null
  /** A file name in the backups folder. */
  restore: string | null
}

export type ParsedOptions =
  | { kind: 'run'; options: Options }
  | { kind: 'print'; what: 'help' | 'version' }
  | { kind: 'wrong'; message: string }

export const helpText = `LightNode: a name, some memory, Create, and a verified game server is running.

  --browser         serve the interface to a browser on this machine instead of opening a window
  --port N          the port on 127.0.0.1; 0 for any
  --data-dir DIR    where LightNode keeps its data
  --json            when ready, print one JSON object: mode, url, dataDir, pid
  --demo            mark everything as a demonstration
  --image REF       the game image of this run
  --restore NAME    put this copy from the backups folder in the database's place first
  --version, --help
`

const known = {
  browser: { type: 'boolean' },
  port: { type: 'string' },
  'data-dir': { type: 'string' },
  json: { type: 'boolean' },
  demo: { type: 'boolean' },
  image: { type: 'string' },
  restore: { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/**
 * Reads the command line.
 *
 * @param argv without the program itself
 * @param unknown `refuse` what is not ours, or `ignore` it: Electron gets the switches of Chromium and Node,
 *   too, and its application's path
 */
export function parseOptions(argv: string[], unknown: 'refuse' | 'ignore'): ParsedOptions {
  const { tokens } = parseArgs({ args: argv, options: known, strict: false, tokens: true })
  const values: Record<string, string | true> = {}
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    const isOurs = token.kind === 'option' && Object.hasOwn(known, token.name)
    if (!isOurs && unknown === 'ignore') continue
    if (token.kind === 'positional') return wrong(`"${token.value}" is not understood.`)
    if (!isOurs) return wrong(`${token.rawName} is not an option of LightNode.`)
    const takesValue = known[token.name as keyof typeof known].type === 'string'
    if (takesValue && !isValue(token.value)) return wrong(`${token.rawName} needs a value.`)
    if (!takesValue && token.value !== undefined) return wrong(`${token.rawName} takes no value.`)
    values[token.name] = token.value ?? true
  }
  if (values.help) return { kind: 'print', what: 'help' }
  if (values.version) return { kind: 'print', what: 'version' }

  const port = text(values.port)
  if (port !== null && !(/^\d{1,5}$/.test(port) && Number(port) <= 65535))
    return wrong(`--port takes a number from 0 to 65535, not "${port}".`)
  const restore = text(values.restore)
  if (restore !== null && restore !== basename(restore))
    return wrong('--restore takes the name of a file in the backups folder, without a path.')
  const dataDir = text(values['data-dir'])
  return {
    kind: 'run',
    options: {
      browser: values.browser === true,
      port: port === null ? null : Number(port),
      dataDir: dataDir === null ? null : resolve(dataDir),
      json: values.json === true,
      demo: values.demo === true,
      image: text(values.image),
      restore,
    },
  }
}

function isValue(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !value.startsWith('--')
}

function text(value: string | true | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function wrong(message: string): ParsedOptions {
  return { kind: 'wrong', message: `${message} See --help.` }
}

/**
 * The platform's place for an application's data, the same for the window and the browser.
 *
 * @param platform Node's name of the operating system
 */
export function defaultDataDir(
  platform: NodeJS.Platform,
  env: Record<string, string | undefined>,
  home: string,
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'LightNode')
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'LightNode')
  // The XDG base directory specification: a relative path counts as none.
  const xdg = env.XDG_DATA_HOME ?? ''
  return join(isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'lightnode')
}
