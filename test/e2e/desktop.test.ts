import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataDir, openDesktop, removeDataDir, startBrowserProcess } from '../support/app.ts'
import { hasPart } from '../support/parts.ts'

describe.skipIf(!hasPart('LIGHTNODE_E2E_ELECTRON'))('the desktop window', () => {
  let dataDir: string
  let app: Awaited<ReturnType<typeof openDesktop>>
  let page: Page
  let electron: ElectronApplication

  beforeAll(async () => {
    dataDir = await makeDataDir()
    app = await openDesktop(['--data-dir', dataDir])
    page = app.page
    electron = app.electron
    await page.getByRole('button', { name: 'New server' }).first().waitFor()
  })

  afterAll(async () => {
    await app.close()
    await removeDataDir(dataDir)
  })

  test('runs its page sandboxed, isolated and without Node', async () => {
    const seen = await page.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer', 'lightnode', 'electron'].filter(
        (name) => name in window,
      ),
      origin: location.origin,
    }))
    expect(seen).toEqual({ node: [], origin: 'app://lightnode' })
    const preferences = await electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      // Electron's own accessor, missing from its types.
      return (window?.webContents as { getLastWebPreferences(): object } | undefined)?.getLastWebPreferences()
    })
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    })
  })

  test('has a strict content security policy: no eval, no inline script, no outside resource', async () => {
    const broken = await page.evaluate(async () => {
      const violations: string[] = []
      let policy = ''
      document.addEventListener('securitypolicyviolation', (event) => {
        violations.push(event.effectiveDirective)
        policy = event.originalPolicy
      })
      const script = document.createElement('script')
      script.textContent = 'window.hacked = true'
      document.head.append(script)
      const image = new Image()
      image.src = 'https://example.com/pixel.png'
      await fetch('https://example.com/').catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 200))
      return { violations: violations.sort(), hacked: 'hacked' in window, policy }
    })
    expect(broken).toMatchObject({ violations: ['connect-src', 'img-src', 'script-src-elem'], hacked: false })
    expect(broken.policy).toContain("default-src 'none'")
    expect(broken.policy).toContain("script-src 'self'")
    expect(broken.policy).not.toContain('unsafe')
  })

  test('refuses navigation, new windows and permissions', async () => {
    await page.evaluate(() => {
      window.open('https://example.com/')
      location.href = 'https://example.com/'
    })
    await page.waitForTimeout(300)
    expect(page.url()).toMatch(/^app:\/\/lightnode\//)
    expect(electron.windows()).toHaveLength(1)
    const permission = await page.evaluate(async () => Notification.requestPermission())
    expect(permission).not.toBe('granted')
  })

  test('is brought to the front by a second process, which says so and ends', async () => {
    const executable = process.env.LIGHTNODE_E2E_ELECTRON ?? ''
    const second = spawn(executable, ['--no-sandbox', '--disable-gpu', '.', '--data-dir', dataDir, '--json'])
    let output = ''
    second.stdout.on('data', (chunk: Buffer) => {
      output += chunk
    })
    const [code] = await once(second, 'exit')
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ mode: 'desktop', dataDir, pid: electron.process().pid })
  })

  test('keeps its folder to itself: browser mode on it points to the window and ends', async () => {
    const { ready, child } = await startBrowserProcess(['--data-dir', dataDir])
    expect(ready).toMatchObject({ mode: 'desktop', pid: electron.process().pid })
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(0)
  })
})
