import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { RunningApp } from './app.ts'
import { checkPing, checkRcon } from './checker.ts'

/** Presses through the window by its accessible names: New server, the form, Create server. */
export async function createServer(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Servers' }).click()
  await page.getByRole('button', { name: 'New server' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await expectAccessible(page)
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Memory (GB)').fill('1')
  await dialog.getByLabel('Disk (GB)').fill('2')
  await dialog.getByLabel('Server type').selectOption({ label: 'Vanilla' })
  await dialog.getByLabel('Version').fill('LATEST')
  await dialog.getByLabel('Region').selectOption({ label: 'Any region' })
  await dialog.getByLabel('I accept the Minecraft EULA').check()
  await dialog.getByRole('button', { name: 'Create server' }).click()
  await page.getByRole('heading', { name }).waitFor()
}

export async function untilOnline(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Copy address' }).waitFor({ timeout: 60_000 })
  await page.getByText('Online', { exact: true }).first().waitFor()
}

/** What is in the clipboard after a button was pressed. */
export async function copied(app: RunningApp, button: string): Promise<string> {
  await app.clearClipboard()
  await app.page.getByRole('button', { name: button }).click()
  let text = ''
  await expect.poll(async () => (text = await app.readClipboard()), { timeout: 5000 }).not.toBe('')
  return text
}

/** No serious accessibility violation on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  // What is still fading in has no contrast of its own yet.
  await page.waitForFunction(() => {
    const dialogs = [...document.querySelectorAll('[role="dialog"]')]
    const moving = document.getAnimations().some((animation) => animation instanceof CSSTransition)
    return !moving && dialogs.every((dialog) => getComputedStyle(dialog).opacity === '1')
  })
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

/** From New server to a player's and an administrator's first contact, the same through every door. */
export async function fromNewServerToOnline(
  app: RunningApp,
  name: string,
): Promise<{ address: string; password: string }> {
  const { page } = app
  await page.getByRole('button', { name: 'New server' }).first().waitFor()
  await expectAccessible(page)
  await createServer(page, name)
  await untilOnline(page)

  const address = await copied(app, 'Copy address')
  expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+:\d+$/)
  expect((await checkPing(address)).versionName).toBe('26.1')

  expect(await page.content()).not.toMatch(/type="text"[^>]*value="[A-Za-z0-9]{12}"/)
  const password = await copied(app, 'Copy RCON password')
  expect(password).toMatch(/^[A-Za-z0-9]{12}$/)
  const rcon = /127\.0\.0\.1:(\d+)/.exec(await page.innerText('main'))
  expect(await checkRcon('127.0.0.1', Number(rcon?.[1]), password, 'list')).toContain('players')

  const port = address.split(':')[1]
  await page.getByRole('link', { name: 'Ports' }).click()
  await page.getByRole('gridcell', { name: `${port}, reserved: ${name}`, exact: true }).waitFor()
  return { address, password }
}

/** Every page of the rail, in the scheme that the system says. */
export async function expectEveryPageAccessible(page: Page, name: string): Promise<void> {
  for (const link of ['Ports', 'Activity', 'Settings', 'Servers']) {
    await page.getByRole('link', { name: link }).click()
    await page.getByRole('heading', { name: link }).first().waitFor()
    await expectAccessible(page)
  }
  await page.getByRole('row', { name: new RegExp(name) }).click()
  await page.getByRole('heading', { name }).waitFor()
  await expectAccessible(page)
}
