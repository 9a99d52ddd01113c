import { request } from 'node:http'

// The checker's own way to the engine: nothing of the product's is in between.

export interface SeenContainer {
  id: string
  name: string
  labels: Record<string, string>
  status: string
  /** Host ports with protocol, as asked for: "25565/tcp". */
  bound: string[]
  /** The same, as published now. */
  published: string[]
  /** Volumes that it mounts. */
  volumes: string[]
}

export interface SeenVolume {
  name: string
  labels: Record<string, string>
  mountpoint: string
}

/** One engine behind a Unix socket. */
export interface Docker {
  /** All containers that carry the label, stopped ones included. */
  containers(label: string): Promise<SeenContainer[]>
  container(id: string): Promise<SeenContainer | null>
  volumes(label: string): Promise<SeenVolume[]>
  /** Anything else of its API. */
  ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
  /** Removes all containers and volumes that carry the label. */
  clear(label: string): Promise<void>
}

interface Bindings {
  [port: string]: { HostPort: string }[] | null
}

interface Inspected {
  Id: string
  Name: string
  State: { Status: string }
  Config: { Labels: Record<string, string> | null }
  HostConfig: { PortBindings: Bindings | null }
  NetworkSettings: { Ports: Bindings | null }
  Mounts: { Type: string; Name?: string }[]
}

export function connectDocker(socketPath: string): Docker {
  function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = text === undefined ? {} : { 'content-type': 'application/json' }
      const asked = request({ socketPath, method, path, headers, timeout: 20_000 }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const content = Buffer.concat(chunks).toString('utf8')
          const status = answer.statusCode ?? 0
          if (status >= 400) reject(Object.assign(new Error(`${method} ${path}: ${content}`), { status }))
          else resolve((content ? JSON.parse(content) : undefined) as Answer)
        })
      })
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer`)))
      asked.on('error', reject)
      asked.end(text)
    })
  }

  async function container(id: string): Promise<SeenContainer | null> {
    try {
      return seen(await ask<Inspected>('GET', `/containers/${id}/json`))
    } catch (error) {
      // Gone between the list and the look.
      if ((error as { status?: number }).status === 404) return null
      throw error
    }
  }

  const filter = (label: string) => encodeURIComponent(JSON.stringify({ label: [label] }))

  async function containers(label: string): Promise<SeenContainer[]> {
    const list = await ask<{ Id: string }[]>('GET', `/containers/json?all=1&filters=${filter(label)}`)
    const all = await Promise.all(list.map(({ Id }) => container(Id)))
    return all.filter((one) => one !== null)
  }

  async function volumes(label: string): Promise<SeenVolume[]> {
    const { Volumes } = await ask<{
      Volumes: { Name: string; Labels: Record<string, string> | null; Mountpoint: string }[] | null
    }>('GET', `/volumes?filters=${filter(label)}`)
    return (Volumes ?? []).map(({ Name, Labels, Mountpoint }) => ({
      ...{ name: Name, labels: Labels ?? {}, mountpoint: Mountpoint },
    }))
  }

  return {
    containers,
    container,
    volumes,
    ask,
    async clear(label) {
      for (const { id } of await containers(label)) await ask('DELETE', `/containers/${id}?force=1&v=1`)
      for (const { name } of await volumes(label)) await ask('DELETE', `/volumes/${name}?force=1`)
    },
  }
}

function seen(one: Inspected): SeenContainer {
  return {
    id: one.Id,
    name: one.Name.replace(/^\//, ''),
    labels: one.Config.Labels ?? {},
    status: one.State.Status,
    bound: portsOf(one.HostConfig.PortBindings),
    published: portsOf(one.NetworkSettings.Ports),
    volumes: one.Mounts.flatMap(({ Type, Name }) => (Type === 'volume' && Name ? [Name] : [])),
  }
}

/** Each once, sorted: an engine names a port per address family. */
function portsOf(bindings: Bindings | null): string[] {
  const all = Object.entries(bindings ?? {}).flatMap(([port, hosts]) =>
    (hosts ?? []).map(({ HostPort }) => `${HostPort}/${port.split('/')[1]}`),
  )
  return [...new Set(all)].sort()
}
