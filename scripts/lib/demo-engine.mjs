import { homedir } from 'node:os'
import Docker from 'dockerode'
import { findEndpoints } from '../../src/main/engine/endpoints.ts'
import { ping, placeOf } from './engine.mjs'

// Needs the installed packages and the pinned Node, which reads TypeScript.

/**
 * How dockerode reaches the engine that the application itself chooses.
 *
 * @returns {Promise<object | undefined>} undefined: as the environment says
 */
export async function chosenEngine() {
  const { env, platform } = process
  for (const found of await findEndpoints({ env, platform, home: homedir(), uid: process.getuid?.() })) {
    // Encrypted: its files are named in the environment, too, where dockerode finds them.
    if (found.tls) return undefined
    const place = placeOf(found.endpoint)
    if (place && (await ping(place)) === 'answers') return place
  }
  throw new Error('no Docker engine answers')
}

/** Removes every container and volume that carries an installation's label. */
export async function removeAllOf(installation, engine) {
  const docker = new Docker(engine)
  const filters = { label: [`org.lightnode.installation=${installation}`] }
  const containers = await docker.listContainers({ all: true, filters })
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })))
  const { Volumes } = await docker.listVolumes({ filters })
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove({ force: true })))
}
