// Stands in for the game image in tests and in the demo: the same contract (github.com/itzg/
// docker-minecraft-server), none of its downloads. Root's part first, as its script `start` does it.
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { createGamePort } from './game-port.mjs'
import { createRconPort } from './rcon-port.mjs'
import { eatMemory, sleep } from './variants.mjs'

const env = process.env
const data = '/data'
const user = Number(env.UID ?? 1000)
const group = Number(env.GID ?? 1000)
// Baked into an image of its own (build.ts); the real image knows no such variable, so nobody passes it.
const variant = env.LIGHTNODE_TEST_VARIANT ?? 'normal'
const newest = { LATEST: '26.1', SNAPSHOT: '26.2-snapshot-1' }

const init = (text) => console.log(`[init] ${text}`)
const initError = (text) => init(`[ERROR] ${text}`)
const clock = () => new Date().toTimeString().slice(0, 8)
const log = (text, thread = 'Server thread') => console.log(`[${clock()}] [${thread}/INFO]: ${text}`)
const isTrue = (value) => ['true', 'yes', 'on', '1'].includes(String(value).toLowerCase())

let stopping = false
let world = null
process.umask(0o002)
process.on('SIGTERM', () => {
  if (variant !== 'ignore-sigterm') void stop()
})

if (process.getuid() === 0) dropRoot()
acceptEula()
const password = isTrue(env.ENABLE_RCON ?? 'true') ? rconPassword() : null
if (variant === 'exit-at-start') exitWith(1, 'Failed to start the Minecraft server: the variant asks for it')
const version = newest[(env.VERSION ?? 'LATEST').toUpperCase()] ?? env.VERSION
init(`Resolving type given ${env.TYPE}`)
writeProperties()
init(`Setting initial memory to ${env.MEMORY ?? '1G'} and max to ${env.MEMORY ?? '1G'}`)
init('Starting the Minecraft server...')
await play()

function dropRoot() {
  if (fs.statSync(data).uid !== user) {
    init(`Changing ownership of ${data} to ${user} ...`)
    try {
      chownAll(data)
    } catch (error) {
      // As there: the script goes on, and fails when the user can't write.
      console.error(`chown: ${error.message}`)
    }
  }
  try {
    process.setgroups([group])
    process.setgid(group)
    process.setuid(user)
  } catch (error) {
    console.error(`error: failed switching to "minecraft:minecraft": ${error.message}`)
    process.exit(1)
  }
  env.HOME = data
}

function chownAll(path) {
  const isFolder = fs.lstatSync(path).isDirectory()
  if (isFolder) for (const name of fs.readdirSync(path)) chownAll(`${path}/${name}`)
  fs.lchownSync(path, user, group)
}

function acceptEula() {
  init(
    `Running as uid=${process.getuid()} gid=${process.getgid()} with ${data} as '${fs.statSync(data).uid}'`,
  )
  if (variant !== 'refuse-eula') {
    if (fs.existsSync(`${data}/eula.txt`)) return
    if (isTrue(env.EULA)) return writeEula()
  }
  init('')
  initError('Please accept the Minecraft EULA at')
  initError('  https://account.mojang.com/documents/minecraft_eula')
  initError("by adding the following immediately after 'docker run':")
  initError('  -e EULA=TRUE')
  init('')
  process.exit(1)
}

function writeEula() {
  try {
    const text = `# Generated via Docker\n# ${new Date().toUTCString()}\neula=${env.EULA.toLowerCase()}\n`
    fs.writeFileSync(`${data}/eula.txt`, text)
  } catch {
    exitWith(
      2,
      `Unable to write eula to ${data}. Please make sure attached directory is writable by uid=${user}`,
    )
  }
}

function rconPassword() {
  const password = passwordFromFile() ?? env.RCON_PASSWORD ?? randomBytes(12).toString('hex')
  fs.writeFileSync(`${data}/.rcon-cli.env`, `password=${password}\n`)
  fs.writeFileSync(`${data}/.rcon-cli.yaml`, `password: "${password}"\n`)
  return password
}

function passwordFromFile() {
  const path = env.RCON_PASSWORD_FILE
  if (path === undefined) return null
  if (!fs.existsSync(path)) {
    initError(`Initial RCON password file ${path} does not seems to exist.`)
    exitWith(1, 'Please ensure your configuration.')
  }
  try {
    // The shell's $(cat …) leaves the line ends away.
    return fs.readFileSync(path, 'utf8').replace(/\n+$/, '')
  } catch {
    console.error(`cat: ${path}: Permission denied`)
    process.exit(1)
  }
}

function writeProperties() {
  const motd = env.MOTD ?? 'A Vanilla Minecraft Server powered by Docker'
  const lines = [`motd=${motd}`, 'server-port=25565', `enable-rcon=${password !== null}`, 'rcon.port=25575']
  if (password !== null) lines.push(`rcon.password=${password}`)
  fs.writeFileSync(`${data}/server.properties`, `${lines.join('\n')}\n`)
}

async function play() {
  log(`Starting minecraft server version ${version}`)
  if (variant === 'eat-memory') eatMemory(log)
  world = openWorld()
  log('Preparing level "world"')
  if (variant === 'never-ready') for (;;) await wait('Preparing spawn area: 0%')
  for (let second = 1; variant === 'slow-start' && second <= 8; second += 1)
    await wait(`Preparing spawn area: ${second * 12}%`)

  await listen(createGamePort({ status, log: (text) => log(text) }), 25565)
  log('Done (1.234s)! For help, type "help"')
  if (password !== null) {
    const run = (command) => runCommand(command.replace(/^\//, '').trim())
    await listen(createRconPort({ password, run, log: (text) => log(text, 'RCON Listener #1') }), 25575)
    log('RCON running on 0.0.0.0:25575')
  }
  if (variant === 'exit-after') {
    await sleep(Number(env.LIGHTNODE_TEST_SECONDS ?? 5) * 1000)
    exitWith(3, 'Encountered an unexpected exception: the variant asks for it')
  }
}

async function wait(text) {
  log(text, 'Worker-Main-1')
  await sleep(1000)
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '::', ipv6Only: false }, resolve)
  }).catch(() => new Promise((resolve) => server.listen(port, '0.0.0.0', resolve)))
}

function status() {
  const brand = { PAPER: 'Paper ', PURPUR: 'Purpur ', FOLIA: 'Folia ' }[String(env.TYPE).toUpperCase()] ?? ''
  return {
    version: { name: `${brand}${version}`, protocol: 775 },
    players: { max: 20, online: 0 },
    description: { text: env.MOTD ?? 'A Vanilla Minecraft Server powered by Docker' },
    enforcesSecureChat: true,
  }
}

function runCommand(command) {
  const [word = '', ...rest] = command.split(' ')
  switch (word) {
    case 'list':
      return 'There are 0 of a max of 20 players online: '
    case 'save-off':
      return 'Automatic saving is now disabled'
    case 'save-on':
      return 'Automatic saving is now enabled'
    case 'save-all':
      saveWorld()
      return 'Saving the game (this may take a moment!)Saved the game'
    case 'say':
      log(`[Rcon] ${rest.join(' ')}`)
      return ''
    case 'help':
      return [...Array(200).keys()].map((n) => `/command-${n} (<targets>|<häuser>) [<count>]`).join('')
    case 'stop':
      setImmediate(() => void stop())
      return 'Stopping the server'
    default:
      return `Unknown or incomplete command, see below for error${command}<--[HERE]`
  }
}

/** Made once, and counted at every start: a world that comes back is told from a new one. */
function openWorld() {
  const path = `${data}/world/level.dat`
  fs.mkdirSync(`${data}/world`, { recursive: true })
  const before = fs.existsSync(path)
    ? JSON.parse(fs.readFileSync(path, 'utf8'))
    : { seed: randomBytes(8).toString('hex'), created: new Date().toISOString(), version, starts: 0 }
  world = { ...before, starts: before.starts + 1 }
  saveWorld()
  return world
}

function saveWorld() {
  const path = `${data}/world/level.dat`
  fs.writeFileSync(`${path}.new`, `${JSON.stringify({ ...world, saved: new Date().toISOString() })}\n`)
  fs.renameSync(`${path}.new`, path)
}

async function stop() {
  if (stopping) return
  stopping = true
  log('Stopping server')
  log('Saving players')
  log('Saving worlds')
  await sleep(300)
  if (world) saveWorld()
  log("Saving chunks for level 'ServerLevel[world]'/minecraft:overworld")
  log('All dimensions are saved')
  process.exit(0)
}

function exitWith(code, text) {
  initError(text)
  process.exit(code)
}
