import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The Node that the project pins. Found by file: whatever `node` means on PATH does not matter. */
export function pinnedNode(base = root, platform = process.platform) {
  return join(base, 'node_modules', 'node', 'bin', platform === 'win32' ? 'node.exe' : 'node')
}

/** A file inside an installed package. */
export function packageFile(name, ...parts) {
  return join(root, 'node_modules', ...name.split('/'), ...parts)
}

/** Where the commands keep what may be thrown away: engine logs, locks. */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  if (platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'lightnode', 'Cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'lightnode')
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'lightnode')
}

/**
 * How to call npm: the very npm that runs us when it does (npm_execpath, unless that is another package
 * manager's), otherwise the one on PATH.
 *
 * @returns {{command: string, args: string[], shell: boolean} | undefined} undefined when there is none
 */
export function findNpm(env = process.env, platform = process.platform, exists = existsSync) {
  const own = env.npm_execpath
  if (own && /[\\/]npm(-cli)?\.(c?js)$|[\\/]npm-cli\.js$/.test(own) && exists(own)) {
    // npm's own Node: ours may be the pinned one, which npm ci is about to replace.
    return { command: env.npm_node_execpath ?? process.execPath, args: [own], shell: false }
  }
  const windows = platform === 'win32'
  const found = findOnPath(windows ? ['npm.cmd', 'npm.exe'] : ['npm'], env, exists)
  // Windows runs a .cmd through its shell only.
  return found && { command: windows ? `"${found}"` : found, args: [], shell: windows }
}

/** The first of these commands that PATH leads to, as an absolute path. */
export function findOnPath(names, env = process.env, exists = existsSync) {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean)
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name)
      if (exists(file)) return file
    }
  }
  return undefined
}

/** A folder as the user meant it: npm changes into the package's root before it runs us. */
export function fromUsersFolder(path, env = process.env, cwd = process.cwd()) {
  const byNpm = env.INIT_CWD && env.npm_package_json === join(root, 'package.json') && cwd === root
  return resolve(byNpm ? env.INIT_CWD : cwd, path)
}
