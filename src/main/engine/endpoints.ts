import { join } from 'node:path'
import { chosenContext } from './docker-context.ts'
import { type FindOptions, type FoundEndpoint, withoutSecrets } from './found-endpoint.ts'

/** A candidate with what its connection needs besides. */
/**
 * Where an engine may be, in the order of search. Only files are read.
 *
 * 1. DOCKER_HOST, with TLS by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH;
 * 2. the docker context: DOCKER_CONTEXT, or `currentContext` of config.json in DOCKER_CONFIG or ~/.docker;
 * 3. the usual places: Docker Engine, rootless Docker, Docker Desktop, Colima, Rancher Desktop, OrbStack,
 *    Podman; on Windows the pipes of Docker Desktop and Podman.
 *
 * The first two are the user's own word: with one of them nothing else is listed. The order is the docker
 * command's (github.com/docker/cli, cli/command/cli.go).
 */
export async function findEndpoints(options: FindOptions): Promise<FoundEndpoint[]> {
  const named = fromDockerHost(options) ?? (await chosenContext(options))
  return named === null ? usualEndpoints(options) : [named]
}

/** True for an engine on another machine: ssh, a pipe of another machine, or a network address off loopback. */
export function isRemote(endpoint: string): boolean {
  if (/^ssh:/i.test(endpoint)) return true
  if (/^npipe:/i.test(endpoint)) return !/^npipe:[\\/]{4}\.[\\/]/i.test(endpoint)
  if (!/^(tcp|https?):/i.test(endpoint)) return false
  const host = hostOf(endpoint)
  return !(host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host))
}

/** Read as http, so that the host is brought into its one spelling (127.1 is 127.0.0.1). */
function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint.replace(/^tcp:/i, 'http:')).hostname
  } catch {
    return ''
  }
}

function fromDockerHost({ env, home }: FindOptions): FoundEndpoint | null {
  const host = env.DOCKER_HOST?.trim()
  if (!host) return null
  const endpoint = withScheme(host)
  const network = /^(tcp|https?):/.test(endpoint)
  const directory = env.DOCKER_CERT_PATH || env.DOCKER_CONFIG || join(home, '.docker')
  const tls = network && env.DOCKER_TLS_VERIFY ? { tls: { directory, verify: true } } : {}
  return { source: 'DOCKER_HOST', endpoint: withoutSecrets(endpoint), explicit: true, ...tls }
}

/** The docker command takes "host:port" for tcp and fills a scheme without an address. */
function withScheme(host: string): string {
  if (host === 'unix://') return 'unix:///var/run/docker.sock'
  if (host === 'npipe://') return 'npipe:////./pipe/docker_engine'
  return host.includes('://') ? host : `tcp://${host}`
}

function usualEndpoints({ env, platform, home, uid }: FindOptions): FoundEndpoint[] {
  const listed = (places: [source: string, endpoint: string][]) =>
    places.map(([source, endpoint]) => ({ source, endpoint, explicit: false }))
  if (platform === 'win32') {
    return listed([
      ['Docker Engine pipe', 'npipe:////./pipe/docker_engine'],
      ['Docker Desktop pipe', 'npipe:////./pipe/dockerDesktopLinuxEngine'],
      ['Podman machine pipe', 'npipe:////./pipe/podman-machine-default'],
    ])
  }
  const runtime =
    env.XDG_RUNTIME_DIR || (platform === 'linux' && uid !== undefined ? `/run/user/${uid}` : null)
  const inRuntime = (path: string) => (runtime ? `unix://${join(runtime, path)}` : null)
  const inHome = (path: string) => `unix://${join(home, path)}`
  const places: [string, string | null][] = [
    ['Docker Engine socket', 'unix:///var/run/docker.sock'],
    ['rootless Docker socket', inRuntime('docker.sock')],
    ['Docker Desktop socket', inHome('.docker/desktop/docker.sock')],
    ['Docker Desktop socket', inHome('.docker/run/docker.sock')],
    ['Colima socket', env.COLIMA_HOME ? `unix://${join(env.COLIMA_HOME, 'default/docker.sock')}` : null],
    ['Colima socket', inHome('.colima/default/docker.sock')],
    ['Colima socket', inHome('.config/colima/default/docker.sock')],
    ['Rancher Desktop socket', inHome('.rd/docker.sock')],
    ['OrbStack socket', inHome('.orbstack/run/docker.sock')],
    ['rootless Podman socket', inRuntime('podman/podman.sock')],
    ['Podman socket', platform === 'linux' ? 'unix:///run/podman/podman.sock' : null],
    ['Podman machine socket', podmanMachine(env, platform)],
    ['Podman machine socket', inHome('.local/share/containers/podman/machine/podman.sock')],
  ]
  const present = places.flatMap(([source, endpoint]): [string, string][] =>
    endpoint === null ? [] : [[source, endpoint]],
  )
  return listed(
    present.filter(([, endpoint], at) => present.findIndex((other) => other[1] === endpoint) === at),
  )
}

/** Podman 5 on macOS forwards its machine's socket into the user's folder for temporary files. */
function podmanMachine(env: FindOptions['env'], platform: string): string | null {
  if (platform !== 'darwin' || !env.TMPDIR) return null
  return `unix://${join(env.TMPDIR, 'podman/podman-machine-default-api.sock')}`
}
