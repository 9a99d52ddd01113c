import type { ContainerState, Engine } from '../engine/types.ts'
import { DATA_DIR } from '../game/image.ts'
import { readContainerFile } from '../provisioning/read-files.ts'
import { Secret } from '../secrets/secret.ts'

/** What an RCON login can carry: 1446 bytes; far more than anybody's password. */
const MOST_CHARACTERS = 500

/**
 * The RCON password of a container made by somebody else, in the order in which the image reads it: the file that
 * RCON_PASSWORD_FILE names, RCON_PASSWORD, what the image wrote down at the last start, the game's own settings.
 *
 * @param properties of its server.properties
 * @throws EngineError
 */
export async function findPassword(
  engine: Engine,
  { id, env }: ContainerState,
  properties: Buffer | null,
): Promise<Secret | null> {
  const file = env.RCON_PASSWORD_FILE
  if (file?.startsWith('/')) {
    const content = await readContainerFile(engine, id, file)
    // The image's shell leaves the line ends at its end away.
    const password = content?.toString('utf8').replace(/\n+$/, '')
    if (isPassword(password)) return new Secret(password)
  }
  if (isPassword(env.RCON_PASSWORD)) return new Secret(env.RCON_PASSWORD)
  const noted = await readContainerFile(engine, id, `${DATA_DIR}/.rcon-cli.env`)
  const line = /^password=(.*)$/m.exec(noted?.toString('utf8') ?? '')?.[1]
  if (isPassword(line)) return new Secret(line)
  const own = properties && propertyOf(properties.toString('utf8'), 'rcon.password')
  return isPassword(own) ? new Secret(own) : null
}

function isPassword(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && /^[^\p{Cc}]+$/u.test(text) && text.length <= MOST_CHARACTERS
}

/** A value of a Java properties file, its escapes undone (java.util.Properties); null when it has none. */
export function propertyOf(text: string, name: string): string | null {
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = /^\s*([^#!=:\s][^=:\s]*)\s*[=:\s]\s*(.*)$/.exec(line)
    if (match?.[1] !== name) continue
    return (match[2] ?? '').replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string, plain: string) =>
      code ? String.fromCharCode(Number.parseInt(code, 16)) : (escapes[plain] ?? plain),
    )
  }
  return null
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f' }
