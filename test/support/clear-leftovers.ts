import { localDocker } from './docker.ts'

/** No test's container lives as long. */
const OLD_SECONDS = 15 * 60

/** Before a group of tests: what an interrupted run left holds ports that the tests count on. */
export async function setup(): Promise<void> {
  const docker = localDocker()
  const containers = await docker.listContainers({ all: true }).catch(() => [])
  const before = Date.now() / 1000 - OLD_SECONDS
  for (const { Id, Names, Image, Created } of containers) {
    if (!Image.startsWith('lightnode-test-game:') || Created > before) continue
    console.log(`Removing ${Names[0]}, which an interrupted test run left`)
    await docker
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch(() => {})
  }
}
