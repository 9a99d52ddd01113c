import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type FindOptions, type FoundEndpoint, withoutSecrets } from './found-endpoint.ts'

const configSchema = z.object({ currentContext: z.string().optional() })
const metaSchema = z.object({
  Endpoints: z.object({
    docker: z.object({ Host: z.string().min(1), SkipTLSVerify: z.boolean().optional() }),
  }),
})

/**
 * The docker context in use; null for none or the one called `default`, which means the usual places.
 * One that is named but not there is returned with its fault: the docker command refuses it, too.
 * The layout of the files is github.com/docker/cli's (cli/context/store).
 */
export async function chosenContext({ env, home }: FindOptions): Promise<FoundEndpoint | null> {
  const folder = env.DOCKER_CONFIG || join(home, '.docker')
  const name =
    env.DOCKER_CONTEXT || (await readJson(join(folder, 'config.json'), configSchema))?.currentContext
  if (!name || name === 'default') return null

  const source = `docker context ${name}`
  const digest = createHash('sha256').update(name).digest('hex')
  const meta = await readJson(join(folder, 'contexts', 'meta', digest, 'meta.json'), metaSchema)
  if (meta === null) return { source, endpoint: '', explicit: true, fault: 'there is no such docker context' }

  const { Host, SkipTLSVerify: skip = false } = meta.Endpoints.docker
  const endpoint = withoutSecrets(Host)
  const directory = join(folder, 'contexts', 'tls', digest, 'docker')
  const secure = /^(tcp|https?):/.test(endpoint) && (await isFile(join(directory, 'ca.pem')))
  return { source, endpoint, explicit: true, ...(secure ? { tls: { directory, verify: !skip } } : {}) }
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
