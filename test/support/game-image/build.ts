import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Docker from 'dockerode'
import { type Pack, pack } from 'tar-stream'

// Builds the game image of the tests and the demo. Run by itself: `node build.ts [variant]` prints its tag.

export type Variant =
  | 'normal'
  /** Ends with exit code 1 before the game listens. */
  | 'exit-at-start'
  /** Runs and logs, and never listens. */
  | 'never-ready'
  /** Works, and has to be killed. */
  | 'ignore-sigterm'
  /** Takes memory at its start until the kernel kills it. */
  | 'eat-memory'
  /** Works for a few seconds, then ends with exit code 3. */
  | 'exit-after'
  /** Takes 8 s until it listens. */
  | 'slow-start'
  /** Refuses to start as if the EULA were not accepted. */
  | 'refuse-eula'

export interface BuildOptions {
  /** Where the engine is; left out, what DOCKER_HOST says or the usual socket. */
  engine?: Docker.DockerOptions
  /** The image's name without tag. */
  name?: string
  variant?: Variant
  /** With `exit-after`; 5 when left out. */
  seconds?: number
  /** What happens, a line at a time; also, beforehand, that a download is needed. */
  onLine?: (line: string) => void
  /** Where the Node inside comes from; left out: this machine's own where that runs in the engine. */
  base?: 'this-machine' | 'public'
  /** With base `public`; for tests. */
  publicImage?: string
}

/** One sentence about why there is no image. */
export class GameImageFailed extends Error {
  override readonly name = 'GameImageFailed'
}

const publicNode = 'node:24.11.1-bookworm-slim'
const scripts = ['server.mjs', 'game-port.mjs', 'rcon-port.mjs', 'rcon-cli.mjs', 'variants.mjs', 'health.mjs']
/** On the path, as in the game's own image. */
const rconCli = {
  name: 'bin/rcon-cli',
  mode: 0o755,
  content: "#!/usr/local/bin/node\nimport('/game/rcon-cli.mjs')\n",
}
/** On every image made here, to find them by. */
const label = 'org.lightnode.game-image'

/**
 * The game's own image has the same settings, but for the interval of its health check (30 s): the first sign of
 * health comes with the first check, and tests wait for it.
 */
const settings = (node: string): string => `
ENV TYPE=VANILLA VERSION=LATEST EULA="" UID=1000 GID=1000
EXPOSE 25565
VOLUME ["/data"]
WORKDIR /data
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=2m --retries=2 --interval=5s CMD ["${node}", "/game/health.mjs"]
ENTRYPOINT ["${node}", "/game/server.mjs"]
`

interface TarFile {
  name: string
  mode?: number
  content: string | { path: string }
}

/**
 * Makes the image where it is missing; its tag carries a hash of what is in it.
 * @returns the tag
 * @throws GameImageFailed
 */
export async function buildGameImage(options: BuildOptions = {}): Promise<string> {
  const { variant = 'normal', name = 'lightnode-test-game', onLine = () => {} } = options
  const docker = new Docker(options.engine)
  const files = await imageFiles(docker, options)
  const hash = await hashOf(files)
  const normal = `${name}:normal-${hash}`
  if (!(await hasImage(docker, normal))) {
    await announce(docker, files, normal, onLine, options.publicImage)
    await build(docker, normal, files)
  }
  if (variant === 'normal') return normal

  const seconds = options.seconds ?? 5
  const tag = `${name}:${variant}${variant === 'exit-after' ? `-${seconds}` : ''}-${hash}`
  if (!(await hasImage(docker, tag))) {
    const dockerfile = `FROM ${normal}\nENV LIGHTNODE_TEST_VARIANT=${variant} LIGHTNODE_TEST_SECONDS=${seconds}\n`
    await build(docker, tag, [{ name: 'Dockerfile', content: dockerfile }])
  }
  return tag
}

async function imageFiles(docker: Docker, options: BuildOptions): Promise<TarFile[]> {
  const game = await Promise.all(
    scripts.map(async (script) => ({
      name: `game/${script}`,
      content: await readFile(new URL(script, import.meta.url), 'utf8'),
    })),
  )
  const own = options.base === 'public' ? null : await ownNode(docker)
  if (!own && options.base === 'this-machine')
    throw new GameImageFailed("This machine's Node does not run in its Docker engine.")
  const dockerfile = own
    ? // The scripts in a layer of their own: a change of them leaves the large one as it is.
      `FROM scratch\nLABEL ${label}=1\nCOPY rootfs/ /\nCOPY game/ /game/\nCOPY bin/ /usr/local/bin/\n${settings('/usr/local/bin/node')}`
    : `FROM ${options.publicImage ?? publicNode}\nLABEL ${label}=1\nCOPY game/ /game/\nCOPY bin/ /usr/local/bin/\n${settings('/usr/local/bin/node')}`
  return [{ name: 'Dockerfile', content: dockerfile }, ...(own ?? []), rconCli, ...game]
}

/** This machine's Node with what it needs, or null where that can't run in the engine. */
async function ownNode(docker: Docker): Promise<TarFile[] | null> {
  if (process.platform !== 'linux' || process.versions.electron) return null
  const { Arch, Os } = await engineAnswer(docker.version())
  const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ppc64: 'ppc64le' }
  if (Os !== 'linux' || Arch !== (architectures[process.arch] ?? process.arch)) return null
  const libraries = await sharedLibraries(process.execPath)
  if (!libraries) return null
  return [
    { name: 'rootfs/usr/local/bin/node', mode: 0o755, content: { path: process.execPath } },
    ...libraries.map((path) => ({ name: `rootfs${path}`, mode: 0o755, content: { path } })),
    { name: 'rootfs/etc/passwd', content: passwd },
    { name: 'rootfs/etc/group', content: 'root:x:0:\nminecraft:x:1000:\n' },
    { name: 'rootfs/tmp/.keep', content: '' },
  ]
}

const passwd = 'root:x:0:0:root:/root:/bin/false\nminecraft:x:1000:1000::/data:/bin/false\n'

/** The paths that `ldd` names; null when it isn't there or doesn't find one of them. */
async function sharedLibraries(binary: string): Promise<string[] | null> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [binary])
    if (stdout.includes('not found')) return null
    return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map((match) => match[1] ?? '')
  } catch {
    return null
  }
}

async function hashOf(files: TarFile[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, content } of files) {
    hash.update(`${name}\0`)
    if (typeof content === 'string') hash.update(content)
    else
      await pipeline(createReadStream(content.path), async (chunks) => {
        for await (const chunk of chunks) hash.update(chunk)
      })
  }
  return hash.digest('hex').slice(0, 12)
}

async function announce(
  docker: Docker,
  files: TarFile[],
  tag: string,
  onLine: (line: string) => void,
  publicImage = publicNode,
): Promise<void> {
  if (files.some(({ name }) => name.startsWith('rootfs/')))
    return onLine(`Building the game image ${tag} from this machine's own Node (once, no download).`)
  const there = await hasImage(docker, publicImage)
  onLine(
    `Building the game image ${tag}${there ? '' : `: needs one download, ${publicImage} (about 80 MB)`}.`,
  )
}

async function hasImage(docker: Docker, tag: string): Promise<boolean> {
  const found = docker.getImage(tag).inspect()
  return engineAnswer(
    found.then(
      () => true,
      (error: { statusCode?: number }) => {
        if (error.statusCode === 404) return false
        throw error
      },
    ),
  )
}

async function build(docker: Docker, tag: string, files: TarFile[]): Promise<void> {
  const archive = pack()
  const written = writeFiles(archive, files)
  written.catch((error: Error) => archive.destroy(error))
  try {
    const stream = await engineAnswer(
      docker.buildImage(Readable.from(archive), { t: tag, rm: true, forcerm: true }),
    )
    const refusal = (await followed(docker, stream)).find(({ error }) => error)?.error
    if (refusal) throw new GameImageFailed(`The game image could not be built: ${refusal.trim()}`)
    await written
  } finally {
    archive.destroy()
  }
}

function followed(docker: Docker, stream: NodeJS.ReadableStream): Promise<{ error?: string }[]> {
  return engineAnswer(
    new Promise((resolve, reject) => {
      docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)))
    }),
  )
}

/** Large files go straight from the disk into the archive. */
async function writeFiles(archive: Pack, files: TarFile[]): Promise<void> {
  for (const { name, mode = 0o644, content } of files) {
    if (typeof content === 'string') {
      archive.entry({ name, mode }, content)
      continue
    }
    const path = await realpath(content.path)
    const { size } = await stat(path)
    await pipeline(createReadStream(path), archive.entry({ name, mode, size }))
  }
  archive.finalize()
}

async function engineAnswer<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    const words = error instanceof Error ? error.message : String(error)
    throw new GameImageFailed(`The game image could not be built: ${words}`, { cause: error })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const variant = (process.argv[2] ?? 'normal') as Variant
  const onLine = (line: string): void => console.error(line)
  await buildGameImage({ variant, onLine }).then(
    (tag) => console.log(tag),
    (error: Error) => {
      console.error(error.message)
      process.exitCode = 1
    },
  )
}
