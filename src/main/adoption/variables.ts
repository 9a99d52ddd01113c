import { type Environment, environmentSchema, type ServerType, serverTypes } from '../../shared/fields.ts'

/** What LightNode says itself, and what the image or the engine brings along: nobody's own. */
const known =
  /^(EULA|TYPE|VERSION|MEMORY|INIT_MEMORY|MAX_MEMORY|ENABLE_RCON|RCON_PORT|RCON_PASSWORD|RCON_PASSWORD_FILE|PATH|HOME|HOSTNAME|TERM|LANG|LANGUAGE|LC_ALL|JAVA_HOME|JAVA_VERSION|LIGHTNODE_TEST_.*)$/
/** As the image has them anyway. */
const defaults: Record<string, string> = { UID: '1000', GID: '1000', SERVER_PORT: '25565' }
const MOST_VARIABLES = 50
const MOST_VERSION_CHARACTERS = 40

export interface OwnVariables {
  environment: Environment
  /** Names of those that a new container can't be given. */
  lost: string[]
}

/** The variables of a container that somebody thought of. */
export function ownVariables(env: Record<string, string>): OwnVariables {
  const environment: Environment = {}
  const lost: string[] = []
  for (const [name, value] of Object.entries(env)) {
    if (known.test(name) || defaults[name] === value) continue
    const fits = environmentSchema.safeParse({ [name]: value }).success
    if (fits && Object.keys(environment).length < MOST_VARIABLES) environment[name] = value
    else lost.push(name)
  }
  return { environment, lost }
}

/** The type that a container runs. @returns CUSTOM, and the word that it has, for one that LightNode doesn't know */
export function typeOf(env: Record<string, string>): { type: ServerType; unknown: string | null } {
  const word = (env.TYPE?.trim() || env.MODPACK_PLATFORM?.trim() || 'VANILLA').toUpperCase()
  const platform = env.MODPACK_PLATFORM?.trim().toUpperCase()
  // The image's default TYPE stands beside a modpack's platform, which is what counts.
  const wanted = word === 'VANILLA' && platform ? platform : word
  const type = serverTypes.find((one) => one === wanted)
  return type ? { type, unknown: null } : { type: 'CUSTOM', unknown: wanted }
}

/** The version that a container is made with, as the image takes it. */
export function versionOf(env: Record<string, string>): string {
  const version = env.VERSION?.trim() ?? ''
  if (version === '' || version.length > MOST_VERSION_CHARACTERS || /[^\w.+-]/.test(version)) return 'LATEST'
  return ['LATEST', 'SNAPSHOT'].includes(version.toUpperCase()) ? version.toUpperCase() : version
}
