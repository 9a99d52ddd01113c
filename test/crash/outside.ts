import { createServer } from 'node:net'
import { checkPing } from '../support/checker.ts'
import type { Docker } from './checker/docker.ts'

/** What somebody does on the engine without LightNode. */
export interface Outside {
  /** As `docker run` of the game image, until its game answers. @returns the container's id */
  run(name: string, rconPassword: string): Promise<string>
  /** Removes all of it. */
  clear(): Promise<void>
}

export function createOutside(docker: Docker, image: string, address: string): Outside {
  const label = `lnt-crash-outside-${process.pid}`
  return {
    async run(name, rconPassword) {
      const [port, rconPort] = [await freePort(), await freePort()]
      const { Id } = await docker.ask<{ Id: string }>(
        'POST',
        `/containers/create?name=${name}-${process.pid}-${Date.now()}`,
        {
          Image: image,
          Labels: { [label]: '1' },
          Env: [
            ...['EULA=TRUE', 'TYPE=VANILLA', 'VERSION=1.20.4', 'MEMORY=512M'],
            `RCON_PASSWORD=${rconPassword}`,
          ],
          ExposedPorts: { '25575/tcp': {} },
          HostConfig: {
            Memory: 1024 ** 3,
            RestartPolicy: { Name: 'unless-stopped' },
            PortBindings: {
              '25565/tcp': [{ HostPort: String(port) }],
              '25575/tcp': [{ HostIp: '127.0.0.1', HostPort: String(rconPort) }],
            },
          },
        },
      )
      await docker.ask('POST', `/containers/${Id}/start`)
      for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
        const answers = await checkPing(`${address}:${port}`).then(
          () => true,
          () => false,
        )
        if (answers) return Id
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`the game of ${name} never answers`)
    },
    clear: () => docker.clear(label),
  }
}

/** A port that nobody has; outside of every pool. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}
