import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataDir, openInBrowser, type RunningApp, removeDataDir } from '../support/app.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { hasPart } from '../support/parts.ts'

const able = (await hasEngine()) && hasPart('LIGHTNODE_CHROMIUM')

describe.skipIf(!able)('by the keyboard alone', () => {
  let app: RunningApp
  let page: Page
  let dataDir: string

  beforeAll(async () => {
    dataDir = await makeDataDir()
    app = await openInBrowser(['--data-dir', dataDir, '--image', await buildGameImage()])
    page = app.page
    await page.getByText('No servers yet').waitFor()
  })
  afterAll(async () => {
    await app?.close()
    await removeDataDir(dataDir)
  })

  /** What has the focus: its accessible name as far as it is written down, or its text. */
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement
      const label = element.labels?.[0]?.textContent
      return (element.getAttribute('aria-label') ?? label ?? element.textContent ?? '').trim()
    })
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 30; presses++) {
      if ((await focused()) === name) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`${name} was not reached`)
  }
  /** A busy button has the focus, and takes no press. */
  const untilIdle = () =>
    expect.poll(() => page.evaluate(() => document.activeElement?.ariaBusy ?? null)).not.toBe('true')
  const press = async (name: string) => {
    await tabTo(name)
    await untilIdle()
    await page.keyboard.press('Enter')
  }
  const untilFocused = (name: string) => expect.poll(focused, { timeout: 20_000 }).toBe(name)

  test('from New server to Online; the focus is never lost', async () => {
    await press('New server')
    await untilFocused('Name')
    await page.keyboard.press('Escape')
    await untilFocused('New server')

    await page.keyboard.press('Enter')
    await untilFocused('Name')
    await page.keyboard.press('Enter')
    await page.getByText('Give the server a name.').waitFor()
    await untilFocused('Name')
    await page.keyboard.type('Keys only')
    await tabTo('Memory (GB)')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('1')
    await tabTo('I accept the Minecraft EULA')
    await page.keyboard.press('Space')
    await press('Create server')
    await page.getByRole('button', { name: 'Copy address' }).waitFor({ timeout: 60_000 })
    await tabTo('Back')
  })

  test('Stop and Start are one place, and a busy button keeps the focus', async () => {
    await press('Stop')
    await untilFocused('Close')
    await page.keyboard.press('Escape')
    await untilFocused('Stop')
    await page.keyboard.press('Enter')
    await press('Stop server')
    await untilFocused('Start')
    await untilIdle()
    await page.keyboard.press('Enter')
    await untilFocused('Stop')
    await page.getByText('Online', { exact: true }).first().waitFor({ timeout: 30_000 })
    expect(await focused()).toBe('Stop')

    await press('Ports')
    await press('Check now')
    await page.waitForTimeout(500)
    await untilFocused('Check now')
  })

  test('a question that a menu asked gives the focus back to the menu', async () => {
    await press('Servers')
    await press('Actions for Keys only')
    await page.getByRole('menuitem', { name: 'Stop…' }).waitFor()
    for (let presses = 0; presses < 4 && (await focused()) !== 'Stop…'; presses++)
      await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await untilFocused('Close')
    await page.keyboard.press('Escape')
    await untilFocused('Actions for Keys only')
  })

  test('at twice the size nothing is cut off sideways', async () => {
    await page.setViewportSize({ width: 640, height: 400 })
    for (const link of ['Ports', 'Activity', 'Settings', 'Servers']) {
      await page.getByRole('link', { name: link }).click()
      await page.getByRole('heading', { name: link }).first().waitFor()
      const hidden = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('main, .card')]
          .filter((element) => element.scrollWidth > element.clientWidth + 1)
          .map((element) => element.className),
      )
      expect([link, hidden]).toEqual([link, []])
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('signing out ends it in every window of the browser', async () => {
    const other = await page.context().newPage()
    await other.goto(page.url().split('#')[0] ?? '')
    await other.getByRole('row', { name: /Keys only/ }).waitFor()
    await page.getByRole('link', { name: 'Settings' }).click()
    await press('Sign out')
    for (const window of [page, other])
      await window.getByRole('heading', { name: 'Sign in to LightNode' }).waitFor({ timeout: 5000 })
    // A link cut off in the middle of an escape is a wrong code, not an empty page.
    await other.goto(`${page.url().split('#')[0]}#code=%`)
    await other.getByText('The link did not sign you in.').waitFor()
  })
})
