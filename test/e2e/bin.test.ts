import { afterEach, describe, expect, test } from 'vitest'
import { makeDataDir, openInBrowser, type RunningApp, removeDataDir } from '../support/app.ts'
import { checkPing } from '../support/checker.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { hasPart } from '../support/parts.ts'
import { copied, createServer, expectAccessible, untilOnline } from '../support/scenario.ts'

describe.skipIf(!(await hasEngine()) || !hasPart('LIGHTNODE_CHROMIUM'))('the bin, through the window', () => {
  let dataDir: string
  let app: RunningApp

  afterEach(async () => {
    await app.close()
    await removeDataDir(dataDir)
  })

  async function press(button: string, inDialog?: string): Promise<void> {
    await app.page.getByRole('button', { name: 'More actions' }).click()
    await app.page.getByRole('menuitem', { name: button }).click()
    if (inDialog) await app.page.getByRole('dialog').getByRole('button', { name: inDialog }).click()
  }

  test('deleted, restored with the same address and password, deleted again and for good', async () => {
    dataDir = await makeDataDir()
    app = await openInBrowser(['--data-dir', dataDir, '--image', await buildGameImage()])
    const { page } = app
    await createServer(page, 'Back again')
    await untilOnline(page)
    const address = await copied(app, 'Copy address')
    const password = await copied(app, 'Copy RCON password')

    await press('Delete', 'Move to bin')
    await page.getByText('No servers in use').waitFor()
    await page.getByRole('link', { name: /^Bin/ }).click()
    await page.getByRole('heading', { name: 'Bin' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Restore Back again' }).click()
    await untilOnline(page)
    expect(await copied(app, 'Copy address')).toBe(address)
    expect(await copied(app, 'Copy RCON password')).toBe(password)
    await checkPing(address)

    await press('Delete', 'Move to bin')
    await page.getByRole('link', { name: /^Bin/ }).click()
    await page.getByRole('button', { name: 'Delete for good: Back again' }).click()
    const dialog = page.getByRole('dialog')
    const typed = dialog.getByLabel('Type Back again to confirm')
    await typed.fill('Back again')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Delete for good: Back again' }).click()
    const confirm = dialog.getByRole('button', { name: 'Delete for good' })
    expect(await confirm.isDisabled()).toBe(true)
    await typed.fill('Back again')
    await confirm.click()
    await page.getByText('The bin is empty').waitFor()
  })

  test('a new password and more memory are in force after the restart that they ask for', async () => {
    dataDir = await makeDataDir()
    app = await openInBrowser(['--data-dir', dataDir, '--image', await buildGameImage()])
    const { page } = app
    await createServer(page, 'Changes')
    await untilOnline(page)
    const password = await copied(app, 'Copy RCON password')
    await page.getByRole('button', { name: 'Reveal RCON password' }).click()
    await page.getByText(password).waitFor()
    await press('Edit')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Memory (GB)').fill('1.5')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Restart to put the changes into force').waitFor()
    await press('Rotate RCON password', 'Rotate password')
    await page
      .getByText('Restart to put the changes into force')
      .waitFor({ state: 'hidden', timeout: 30_000 })
    await untilOnline(page)
    // What was revealed is not what it is now: it is hidden again.
    expect(await page.getByText(password).count()).toBe(0)
    expect(await copied(app, 'Copy RCON password')).not.toBe(password)
  })
})
