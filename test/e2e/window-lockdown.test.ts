import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataDir, openDesktop } from '../support/app.ts'
import { hasPart } from '../support/parts.ts'

describe.skipIf(!hasPart('LIGHTNODE_E2E_ELECTRON'))('the window’s page can do nothing but its own', () => {
  let app: Awaited<ReturnType<typeof openDesktop>>
  let dataDir: string

  beforeAll(async () => {
    dataDir = await makeDataDir()
    app = await openDesktop(['--json', '--data-dir', dataDir])
    await app.page.getByRole('link', { name: 'Ports' }).waitFor()
  })
  afterAll(async () => {
    await app?.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  test('sandbox and context isolation are on, Node is out of reach', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) =>
      // Not in Electron's types, but the only way to see what counts in the end.
      (
        BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
          getLastWebPreferences(): Record<string, unknown>
        }
      ).getLastWebPreferences(),
    )
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    })
    const names = ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer', 'global']
    const found = await app.page.evaluate((all) => all.filter((name) => name in window), names)
    expect(found).toEqual([])
  })

  test('the page lives at an origin of its own, under a strict policy', async () => {
    expect(app.page.url()).toMatch(/^app:\/\/lightnode\//)
    const violated = await app.page.evaluate(async () => {
      const directives: string[] = []
      document.addEventListener('securitypolicyviolation', (event) =>
        directives.push(event.effectiveDirective),
      )
      const script = document.createElement('script')
      script.textContent = 'window.planted = true'
      document.head.append(script)
      await fetch('http://127.0.0.1:1/').catch(() => {})
      const image = new Image()
      image.src = 'https://evil.example/x.png'
      const frame = document.createElement('iframe')
      frame.src = 'https://evil.example/'
      document.body.append(frame)
      await new Promise((resolve) => setTimeout(resolve, 300))
      frame.remove()
      return { directives: directives.sort(), planted: 'planted' in window }
    })
    expect(violated.planted).toBe(false)
    expect(violated.directives).toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-elem'])
  })

  test.each(['https://evil.example/', 'file:///etc/passwd', 'data:text/html,x', 'app://elsewhere/'])(
    'navigation to %s is refused',
    async (url) => {
      const before = app.page.url()
      await app.page.evaluate((to) => {
        location.href = to
      }, url)
      await app.page.waitForTimeout(300)
      expect(app.page.url()).toBe(before)
      expect(await app.page.evaluate(() => document.title)).toContain('LightNode')
    },
  )

  test('new windows are refused', async () => {
    expect(await app.page.evaluate(() => window.open('https://evil.example/'))).toBeNull()
    expect(await app.page.evaluate(() => window.open('app://lightnode/'))).toBeNull()
    expect(app.electron.windows()).toHaveLength(1)
  })

  test('permissions are refused', async () => {
    const refused = await app.page.evaluate(async () => ({
      notifications: await Notification.requestPermission(),
      clipboard: await navigator.clipboard.readText().then(
        () => 'read',
        () => 'refused',
      ),
    }))
    expect(refused).toEqual({ notifications: 'denied', clipboard: 'refused' })
  })

  test('a port from another window, or from elsewhere in ours, reaches nothing', async () => {
    const answers = await app.electron.evaluate(
      async ({ BrowserWindow, session }, preload) => {
        // A window with our preload script that shows something else.
        const stranger = new BrowserWindow({
          show: false,
          webPreferences: { preload, sandbox: true, session: session.fromPartition('stranger') },
        })
        await stranger.loadURL('data:text/html,stranger')
        const answer = await stranger.webContents.executeJavaScript(`new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve('answered')
        window.postMessage('lightnode:connect', '*', [port2])
        port1.postMessage(JSON.stringify({ i: '1', p: { u: 'http://orpc/app/info', m: 'POST', b: {} } }))
        setTimeout(() => resolve('silence'), 700)
      })`)
        stranger.destroy()
        return answer
      },
      join(import.meta.dirname, '../../out/preload/index.cjs'),
    )
    expect(answers).toBe('silence')
    const log = readFileSync(join(dataDir, 'logs', 'lightnode.log'), 'utf8')
    expect(log).toContain('a port from elsewhere was refused')
  })

  test('a page that crashes is loaded again, and works', async () => {
    await app.electron.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents
      const loaded = new Promise<void>((resolve) => contents.once('did-finish-load', () => resolve()))
      contents.forcefullyCrashRenderer()
      await loaded
    })
    const text = () =>
      app.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript('document.body.innerText'),
      )
    await expect.poll(text, { timeout: 10_000 }).toContain('New server')
  })
})
