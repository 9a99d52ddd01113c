import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import SqliteDatabase from 'better-sqlite3'
import { _electron, type Browser, chromium, type ElectronApplication, type Page } from 'playwright-core'
import { removeInstallation } from './docker.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** No display, no sandbox as root, and no calls of Chromium's own to the network. */
const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The built application with a page of it under the test's control. */
export interface RunningApp {
  page: Page
  /** Everything it wrote to standard output and standard error. */
  output(): string
  readClipboard(): Promise<string>
  clearClipboard(): Promise<void>
  close(): Promise<void>
}

/** What the first line of `--json` says. */
export interface Ready {
  mode: string
  url: string
  dataDir: string
  pid: number
}

export interface BrowserProcess {
  child: ChildProcess
  ready: Ready
  output(): string
  /** Ctrl-C, and the exit code that came of it. */
  stop(): Promise<number | null>
}

export async function makeDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'lightnode-e2e-'))
}

/** Removes the folder, and the containers and volumes that its installation made. */
export async function removeDataDir(dataDir: string): Promise<void> {
  const database = new SqliteDatabase(join(dataDir, 'lightnode.db'), { readonly: true })
  const row = database.prepare<[], { id: string }>('SELECT id FROM installation').get()
  database.close()
  if (row) await removeInstallation(row.id)
  await rm(dataDir, { recursive: true, force: true })
}

/** Runs the built browser mode, as `npx lightnode --browser` does. */
export async function startBrowserProcess(args: string[]): Promise<BrowserProcess> {
  const child = spawn(process.execPath, [join(root, 'out/main/browser.cjs'), '--json', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk
      const line = stdout.split('\n').find((text) => text.startsWith('{'))
      if (line && stdout.includes('\n')) resolve(JSON.parse(line))
    })
    void ended.then((code) => reject(new Error(`It ended with ${code}: ${stdout}${stderr}`)))
  })
  return {
    child,
    ready,
    output: () => stdout + stderr,
    stop() {
      child.kill('SIGINT')
      return ended
    },
  }
}

/** Browser mode with headless Chromium in front of it. */
export async function openInBrowser(args: string[]): Promise<RunningApp> {
  const served = await startBrowserProcess(args)
  const browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  await page.goto(served.ready.url)
  return {
    page,
    output: served.output,
    readClipboard: () => page.evaluate(() => navigator.clipboard.readText()),
    clearClipboard: () => page.evaluate(() => navigator.clipboard.writeText('')),
    async close() {
      await browser.close()
      await served.stop()
    },
  }
}

export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.LIGHTNODE_CHROMIUM
  if (!executablePath) throw new Error('LIGHTNODE_CHROMIUM names no Chromium')
  return chromium.launch({ executablePath, args: chromiumArgs })
}

/** The real Electron window. */
export async function openDesktop(args: string[]): Promise<RunningApp & { electron: ElectronApplication }> {
  const executablePath = process.env.LIGHTNODE_E2E_ELECTRON
  if (!executablePath) throw new Error('LIGHTNODE_E2E_ELECTRON names no Electron')
  const electron = await _electron.launch({
    executablePath,
    cwd: root,
    args: [...chromiumArgs, root, ...args],
  })
  let output = ''
  for (const stream of [electron.process().stdout, electron.process().stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk
    })
  const page = await electron.firstWindow().catch((error: unknown) => {
    throw new Error(`No window: ${output}`, { cause: error })
  })
  return {
    electron,
    page,
    output: () => output,
    readClipboard: () => electron.evaluate(({ clipboard }) => clipboard.readText()),
    clearClipboard: () => electron.evaluate(({ clipboard }) => clipboard.clear()),
    close: () => electron.close(),
  }
}
