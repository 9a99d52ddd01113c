import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, test } from 'vitest'
import { makeDataDir, openInBrowser, type RunningApp, removeDataDir } from '../support/app.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { hasPart } from '../support/parts.ts'
import { createServer, expectAccessible, untilOnline } from '../support/scenario.ts'

const ready = (await hasEngine()) && hasPart('LIGHTNODE_CHROMIUM')

/** Until nothing is being done to the server any more, and it is Online. */
async function untilDone(page: Page): Promise<void> {
  await page.getByLabel('In progress').waitFor({ state: 'hidden', timeout: 60_000 })
  await untilOnline(page)
}

describe.skipIf(!ready)('worlds in the window', () => {
  let dataDir: string
  let app: RunningApp | undefined

  afterEach(async () => {
    await app?.close()
    app = undefined
    await removeDataDir(dataDir)
  })

  test('backed up, downloaded, changed, gone back to, restored, stopped', async () => {
    dataDir = await makeDataDir()
    app = await openInBrowser(['--data-dir', dataDir, '--image', await buildGameImage()])
    const { page } = app
    const dialog = page.getByRole('dialog')
    await createServer(page, 'Old town')
    await untilOnline(page)

    await page.getByRole('button', { name: 'Back up now' }).click()
    await page.getByText('Last backup just now').waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'More for the backup of Old town' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Download' }).click(),
    ])
    const gzip = (await readFile(await download.path())).subarray(0, 2)
    expect([...gzip]).toEqual([0x1f, 0x8b])

    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await dialog.getByRole('button', { name: /^Type, version/ }).click()
    await dialog.getByLabel('Version').fill('1.20.4')
    await dialog.getByText('The world is copied first, and the copy is kept.').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    const goBack = page.getByRole('button', { name: /^Go back to/ })
    await goBack.waitFor({ timeout: 60_000 })
    await untilDone(page)
    await page.getByText('Java Edition 1.20.4').waitFor()
    await expectAccessible(page)

    await goBack.click()
    await dialog.getByRole('button', { name: 'Go back' }).click()
    await page.getByText('Before going back').waitFor({ timeout: 60_000 })
    await untilDone(page)
    await page.getByText('Java Edition 26.1').waitFor()

    await page.getByRole('button', { name: 'Restore the backup of Old town' }).click()
    await dialog.getByRole('button', { name: 'Restore' }).click()
    await page.getByText('Before a restore').waitFor({ timeout: 60_000 })
    await untilDone(page)

    await page.getByRole('button', { name: 'Stop' }).click()
    await dialog.getByRole('button', { name: 'Stop server' }).click()
    await page.getByRole('button', { name: 'Start' }).waitFor({ timeout: 60_000 })
    // The focus stays on the one button that was pressed.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Start')
  })
})
