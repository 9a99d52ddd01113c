import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeDataDir, openDesktop, openInBrowser, type RunningApp, removeDataDir } from '../support/app.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { hasPart } from '../support/parts.ts'
import { copied, expectEveryPageAccessible, fromNewServerToOnline } from '../support/scenario.ts'

const engine = await hasEngine()
const browser = hasPart('LIGHTNODE_CHROMIUM')
const desktop = hasPart('LIGHTNODE_E2E_ELECTRON')

describe.skipIf(!engine)('from New server to Online', () => {
  let image: string
  let dataDir: string
  let app: RunningApp | undefined

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(async () => {
    await app?.close()
    app = undefined
    await removeDataDir(dataDir)
  })

  test.skipIf(!browser)('in a browser', async () => {
    dataDir = await makeDataDir()
    app = await openInBrowser(['--data-dir', dataDir, '--image', image])
    await fromNewServerToOnline(app, 'In the browser')
    expect(app.page.url()).not.toContain('code=')
    for (const colorScheme of ['light', 'dark'] as const) {
      await app.page.emulateMedia({ colorScheme })
      await expectEveryPageAccessible(app.page, 'In the browser')
    }
  })

  test.skipIf(!desktop)('in the desktop window', async () => {
    dataDir = await makeDataDir()
    app = await openDesktop(['--data-dir', dataDir, '--image', image])
    await fromNewServerToOnline(app, 'On the desktop')
    await expectEveryPageAccessible(app.page, 'On the desktop')
  })

  test.skipIf(!desktop || !browser)(
    'one folder opens in both modes in turn, credentials readable in each',
    async () => {
      dataDir = await makeDataDir()
      const args = ['--data-dir', dataDir, '--image', image]
      app = await openDesktop(args)
      const { address, password } = await fromNewServerToOnline(app, 'In turn')
      await app.close()

      app = await openInBrowser(args)
      await app.page.getByRole('row', { name: /In turn/ }).click()
      expect(await copied(app, 'Copy address')).toBe(address)
      expect(await copied(app, 'Copy RCON password')).toBe(password)
      await app.close()

      app = await openDesktop(args)
      await app.page.getByRole('row', { name: /In turn/ }).click()
      await app.page.getByRole('button', { name: 'Copy RCON password' }).waitFor()
      expect(await copied(app, 'Copy RCON password')).toBe(password)
    },
  )
})
