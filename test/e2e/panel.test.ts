import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  launchChromium,
  makeDataDir,
  openDesktop,
  openInBrowser,
  type RunningApp,
  removeDataDir,
} from '../support/app.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { hasPart } from '../support/parts.ts'
import { copied, createServer, expectAccessible, untilOnline } from '../support/scenario.ts'

const engine = await hasEngine()
const browser = hasPart('LIGHTNODE_CHROMIUM')
const desktop = hasPart('LIGHTNODE_E2E_ELECTRON')

describe.skipIf(!engine || !browser)('the panel login that was copied', () => {
  let image: string
  let dataDir: string
  let app: RunningApp

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(async () => {
    await app.close()
    await removeDataDir(dataDir)
  })

  async function opensItsServerAlone(open: typeof openInBrowser): Promise<void> {
    dataDir = await makeDataDir()
    app = await open(['--data-dir', dataDir, '--image', image])
    await createServer(app.page, 'For a friend')
    await untilOnline(app.page)
    const [url = '', username = '', password = ''] = (await copied(app, 'Copy panel login')).split('\n')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/panel\/[a-z0-9]+$/)
    expect(url).not.toContain(password)

    const friend = await launchChromium()
    const page = await friend.newPage()
    await page.goto(url)
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('Password').fill('wrong-password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'For a friend' }).waitFor()
    await page.getByText('Online', { exact: true }).waitFor()
    await expectAccessible(page)

    // Nothing else opens with it: no list of servers, no other server's page.
    const { origin, pathname } = new URL(url)
    const ask = (path: string) =>
      page.evaluate(async (target) => {
        const headers = { 'content-type': 'application/json', 'x-lightnode': '1' }
        const response = await fetch(target, { method: 'POST', headers, body: '{}' })
        return { status: response.status, text: await response.text() }
      }, `${origin}${path}`)
    expect((await ask(`${pathname}/rpc/server`)).text).toContain('For a friend')
    for (const path of ['/rpc/servers/list', '/rpc/servers/credentials', '/panel/someoneelse00/rpc/server']) {
      const answer = await ask(path)
      expect([401, 404]).toContain(answer.status)
      expect(answer.text).not.toContain('For a friend')
    }
    await friend.close()
  }

  test('in browser mode opens its server alone', () => opensItsServerAlone(openInBrowser))

  test.skipIf(!desktop)('in the desktop, which serves nothing else, opens its server alone', async () => {
    await opensItsServerAlone(openDesktop)
    const { origin } = new URL((await app.readClipboard()).split('\n')[0] ?? '')
    for (const path of ['/', '/session', '/rpc/app/info'])
      expect((await fetch(origin + path)).status).toBe(404)
  })
})
