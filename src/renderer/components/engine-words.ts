import type { EngineStatus } from '../../shared/model.ts'
import type { DotTone } from './dot.tsx'

/** "Docker 28.1.1", without what a distribution adds to the version (20.10.24+dfsg1). */
const dockerName = (version: string | null) => (version ? `Docker ${version.split('+')[0]}` : 'Docker')

/** The engine in one line, for the foot of the rail. */
export function engineLine(engine: EngineStatus | null): { text: string; tone: DotTone; moving: boolean } {
  if (!engine || engine.state === 'searching')
    return { text: 'Looking for Docker…', tone: 'busy', moving: true }
  switch (engine.state) {
    case 'available':
      return {
        text: `${dockerName(engine.version)} · local`,
        tone: 'online',
        moving: false,
      }
    case 'missing':
      return { text: 'Docker not found', tone: 'failed', moving: false }
    case 'denied':
      return { text: 'Docker refuses access', tone: 'failed', moving: false }
    case 'remote':
      return { text: 'Docker is remote', tone: 'failed', moving: false }
    case 'mismatch':
      return { text: 'Another Docker engine', tone: 'waiting', moving: false }
  }
}

export interface Advice {
  title: string
  steps: { text: string; command?: string }[]
}

const missing: Record<string, Advice['steps']> = {
  linux: [
    { text: 'If Docker is installed, start it:', command: 'sudo systemctl start docker' },
    { text: 'If not, install it first. On Debian or Ubuntu:', command: 'sudo apt-get install docker.io' },
  ],
  darwin: [
    { text: 'Open Docker Desktop or OrbStack, or start Colima:', command: 'colima start' },
    { text: 'None of them installed yet? With Homebrew:', command: 'brew install --cask docker' },
  ],
  win32: [
    { text: 'Open Docker Desktop from the Start menu and wait until it says that the engine is running.' },
    { text: 'Not installed yet?', command: 'winget install Docker.DockerDesktop' },
  ],
}

const denied: Record<string, Advice['steps']> = {
  linux: [
    { text: 'Add your user to the docker group:', command: 'sudo usermod -aG docker "$USER"' },
    { text: 'Then sign out of this computer and in again, and start LightNode again.' },
  ],
  darwin: [{ text: 'Open Docker Desktop with the user who runs LightNode.' }],
  win32: [
    {
      text: 'Add your user to the docker-users group, from an administrator’s terminal:',
      command: 'net localgroup docker-users "%USERNAME%" /add',
    },
    { text: 'Then sign out of Windows and in again.' },
  ],
}

/** What to do on this operating system when the engine can't be used; null while it can, or is looked for. */
export function engineAdvice(engine: EngineStatus, platform: string): Advice | null {
  const here = platform === 'darwin' || platform === 'win32' ? platform : 'linux'
  switch (engine.state) {
    case 'missing':
      return { title: 'No Docker engine answers', steps: missing[here] ?? [] }
    case 'denied':
      return { title: 'The Docker engine refuses this user', steps: denied[here] ?? [] }
    case 'remote':
      return {
        title: 'DOCKER_HOST or the docker context names an engine on another machine',
        steps: [
          {
            text: 'Choose the local engine; LightNode runs servers on this machine only for now:',
            command: 'docker context use default',
          },
          { text: 'If DOCKER_HOST is set, unset it and start LightNode again.' },
        ],
      }
    case 'mismatch':
      return { title: 'Another Docker engine answers than the one that holds your servers', steps: [] }
    default:
      return null
  }
}
