import { networkInterfaces } from 'node:os'
import Docker from 'dockerode'

/** The engine that the tests use: DOCKER_HOST, or the usual socket. */
export function localDocker(): Docker {
  return new Docker()
}

/**
 * Whether an engine answers. Without one: in CI an error, elsewhere the reason on standard error and false,
 * for `describe.skipIf`.
 */
export async function hasEngine(): Promise<boolean> {
  try {
    await localDocker().ping()
    return true
  } catch (error) {
    const reason = `no Docker engine answers (${error instanceof Error ? error.message : error})`
    if (process.env.CI === 'true') throw new Error(`A part of the tests is missing: ${reason}`)
    console.error(`Skipped: ${reason}`)
    return false
  }
}

/** Removes every container and volume of one installation, running or not, and nothing else; none without an engine. */
export async function removeInstallation(installationId: string): Promise<void> {
  if (!installationId) throw new Error('no installation id')
  if (
    !(await localDocker()
      .ping()
      .then(Boolean, () => false))
  )
    return
  await removeLabelled(`org.lightnode.installation=${installationId}`)
}

/** Removes the containers, their anonymous volumes and the named volumes that carry a label. */
export async function removeLabelled(label: string): Promise<void> {
  const docker = localDocker()
  const filters = { label: [label] }
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await ignoreMissing(docker.getContainer(Id).remove({ force: true, v: true }))
  const { Volumes } = await docker.listVolumes({ filters })
  for (const { Name } of Volumes ?? []) await ignoreMissing(docker.getVolume(Name).remove({ force: true }))
}

/** An address of this machine that is not loopback, for the checker. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const found = all.find(({ internal, family }) => !internal && family === 'IPv4')
  if (!found) throw new Error('this machine has no address but loopback')
  return found.address
}

async function ignoreMissing(work: Promise<unknown>): Promise<void> {
  await work.catch((error: { statusCode?: number }) => {
    // 409: its removal is already going on.
    if (error.statusCode !== 404 && error.statusCode !== 409) throw error
  })
}
