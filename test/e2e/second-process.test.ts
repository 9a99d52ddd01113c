import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ElectronApplication } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataDir, openDesktop, removeDataDir, startBrowserProcess } from '../support/app.ts'
import { hasPart } from '../support/parts.ts'

describe.skipIf(!hasPart('LIGHTNODE_E2E_ELECTRON'))('a folder that a desktop window has open', () => {
  let dataDir: string
  let app: Awaited<ReturnType<typeof openDesktop>>
  let electron: ElectronApplication

  beforeAll(async () => {
    dataDir = await makeDataDir()
    app = await openDesktop(['--data-dir', dataDir])
    electron = app.electron
    await app.page.getByRole('button', { name: 'New server' }).first().waitFor()
  })

  afterAll(async () => {
    await app.close()
    await removeDataDir(dataDir)
  })

  test('brings the window to the front for a second process, which says so and ends', async () => {
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

  test('is not served to a browser as well: browser mode points to the window and ends', async () => {
    const { ready, child } = await startBrowserProcess(['--data-dir', dataDir])
    expect(ready).toMatchObject({ mode: 'desktop', pid: electron.process().pid })
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(0)
  })
})
