import type { ServerType } from '../../shared/fields.ts'

// The contract of the game image, github.com/itzg/docker-minecraft-server: its Dockerfile and the scripts
// start, start-configuration, start-setupServerProperties and start-finalExec.

export const DEFAULT_IMAGE = 'itzg/minecraft-server'
/** In the container, TCP; its query protocol, when enabled, is UDP on the same number. */
export const GAME_PORT = 25565
/** In the container, TCP. */
export const RCON_PORT = 25575
/** Everything that the game keeps: a declared volume of the image. */
export const DATA_DIR = '/data'
/** User and group that the image runs the game as, after it has started as root. */
export const IMAGE_USER = 1000
/** Outside the data folder, so that no copy of a world carries it. */
export const PASSWORD_FILE = '/lightnode/rcon-password'
/** IMAGE_USER reads it, after root's capabilities are gone; nobody else needs to. */
export const PASSWORD_FILE_MODE = 0o400
/** The image's runner gives the game 60 s to save (STOP_DURATION); less here would cut a world off. */
export const STOP_TIMEOUT_SECONDS = 75
/** For a game that was never Online: it has no world to save. */
export const NEW_GAME_STOP_SECONDS = 10

/**
 * What the image needs of root before it drops to IMAGE_USER; everything else is taken away. The user's own
 * processes (the runner, the game) need none.
 */
export const CAPABILITIES: readonly string[] = [
  // `chown -R 1000:1000 /data` when the volume belongs to someone else.
  'CHOWN',
  // The same chown looks into folders that only their owner may open (a world brought from elsewhere), and
  // `docker exec … rcon-cli`, which runs as root, reads the user's files.
  'DAC_OVERRIDE',
  // gosu: setgroups and setgid to 1000.
  'SETGID',
  // gosu: setuid to 1000.
  'SETUID',
]

/**
 * The image's tag with the Java that a Minecraft version needs: Java 8 up to 1.16, 16 for 1.17, 17 up to
 * 1.20.4, 21 up to 1.21, 25 from 26.1 on.
 * @returns `latest` for LATEST, SNAPSHOT, weekly snapshots and what is no version
 */
export function javaTag(version: string): string {
  const match = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?(?:-.+)?$/.exec(version)
  if (!match) return 'latest'
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (major >= 26) return 'java25'
  if (major !== 1) return 'latest'
  if (minor <= 16) return 'java8'
  if (minor === 17) return 'java16'
  if (minor < 20 || (minor === 20 && patch <= 4)) return 'java17'
  return 'java21'
}

/** The image setting as it is when it has a tag or digest of its own, else with the version's tag. */
export function imageReference(imageSetting: string, version: string): string {
  const lastPart = imageSetting.slice(imageSetting.lastIndexOf('/') + 1)
  // A colon further left belongs to the registry's port.
  if (imageSetting.includes('@') || lastPart.includes(':')) return imageSetting
  return `${imageSetting}:${javaTag(version)}`
}

/**
 * The container's environment, for a server whose EULA the user has accepted. Never the RCON password:
 * `docker inspect` shows the environment to anyone.
 * @param server `memoryMb` is the Java heap; `environment` the user's own variables, as JSON: they may change what
 *   the game is told by itself (MOTD), and nothing that LightNode relies on
 */
export function gameEnvironment(server: {
  type: ServerType
  version: string
  memoryMb: number
  name: string
  environment: string
}): Record<string, string> {
  return {
    MOTD: motdOf(server.name),
    ...(JSON.parse(server.environment) as Record<string, string>),
    EULA: 'TRUE',
    TYPE: server.type,
    VERSION: server.version,
    MEMORY: `${server.memoryMb}M`,
    ENABLE_RCON: 'true',
    RCON_PASSWORD_FILE: PASSWORD_FILE,
  }
}

/** Whether a container's environment turns RCON off; it is on by default. */
export function isRconOff(env: Record<string, string>): boolean {
  return env.ENABLE_RCON !== undefined && !isTrue(env.ENABLE_RCON)
}

/** As the image's own scripts read a switch. */
export function isTrue(value: string | undefined): boolean {
  return ['true', 'yes', 'on', '1'].includes((value ?? '').toLowerCase())
}

/** The name without what the image's scripts or the game would read as something else (\ % § $ { …). */
function motdOf(name: string): string {
  const safe = name
    .replace(/[^\p{L}\p{M}\p{N} .,:;!?'()[\]+&#@*=_/-]/gu, '')
    .replace(/ +/g, ' ')
    .trim()
  return safe || 'A Minecraft server'
}

/** Bytes for a heap of `memoryMb` MB: the JVM takes more than its heap, 25% or 512 MB, whichever is larger. */
export function memoryLimitBytes(memoryMb: number): number {
  return (memoryMb + Math.max(Math.ceil(memoryMb / 4), 512)) * 1024 * 1024
}

/** Whether the game's log says that it stopped for its EULA: the image's own notice, or the game's. */
export function isEulaRefusal(logLines: readonly string[]): boolean {
  return logLines.some(
    (line) =>
      /\[init\].*Please accept the Minecraft EULA at/.test(line) ||
      /\]:? You need to agree to the EULA in order to run the server/.test(line),
  )
}

/**
 * The version, as the image's VERSION takes it, from the name in a ping: "Paper 1.21.4" is 1.21.4,
 * "1.21.5 Release Candidate 1" is 1.21.5-rc1, "26.1 Snapshot 2" is 26.1-snapshot-2.
 * @returns null for a name that doesn't say one version
 */
export function resolvedVersionFromPing(versionName: string): string | null {
  const match =
    /^(?:[A-Za-z]+ )?(\d{2}w\d{2}[a-z]|\d{1,2}\.\d{1,2}(?:\.\d{1,2})?(?:-[a-z]+-?\d+)?)(?: (Pre-Release|Release Candidate|Snapshot) (\d+))?$/.exec(
      versionName.trim(),
    )
  const version = match?.[1]
  if (!version) return null
  const stage = match[2]
  if (!stage) return version
  const word = { 'Pre-Release': 'pre', 'Release Candidate': 'rc', Snapshot: 'snapshot' }[stage]
  // From 26.1 on the ids are written with a second dash.
  return version.startsWith('1.') ? `${version}-${word}${match[3]}` : `${version}-${word}-${match[3]}`
}
