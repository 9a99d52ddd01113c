import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataDir, openInBrowser, type RunningApp, removeDataDir } from '../support/app.ts'
import { checkPing } from '../support/checker.ts'
import { hasEngine, localDocker, ownAddress } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { hasPart } from '../support/parts.ts'
import { copied, expectAccessible, untilOnline } from '../support/scenario.ts'

const CONTAINER = 'lnt-take-over'
/** Outside of every pool. */
const PORT = 24_400

/** As `docker run -d -p 24400:25565 -e EULA=TRUE …`. */
async function byHand(image: string): Promise<void> {
  const container = await localDocker().createContainer({
    name: CONTAINER,
    Image: image,
    Env: ['EULA=TRUE', 'TYPE=VANILLA', 'VERSION=1.20.4', 'MEMORY=512M'],
    HostConfig: {
      Memory: 1024 ** 3,
      PortBindings: { '25565/tcp': [{ HostPort: String(PORT) }] },
    },
  })
  await container.start()
}

describe.skipIf(!(await hasEngine()) || !hasPart('LIGHTNODE_CHROMIUM'))(
  'what is there already, through the window',
  () => {
    let dataDir: string
    let app: RunningApp

    beforeAll(async () => {
      const image = await buildGameImage()
      await byHand(image)
      dataDir = await makeDataDir()
      app = await openInBrowser(['--data-dir', dataDir, '--image', image])
    })
    afterAll(async () => {
      await app?.close()
      if (dataDir) await removeDataDir(dataDir)
      await localDocker()
        .getContainer(CONTAINER)
        .remove({ force: true, v: true })
        .catch(() => {})
    })

    async function more(item: string): Promise<void> {
      await app.page.getByRole('link', { name: 'Servers' }).click()
      await app.page.getByRole('button', { name: 'More ways to servers' }).click()
      await app.page.getByRole('menuitem', { name: item }).click()
    }

    test('a container made by hand is found, shown before, and a server without a restart', async () => {
      const { page } = app
      await page.getByText('No servers yet').waitFor()
      const before = await localDocker().getContainer(CONTAINER).inspect()
      await more('Found on this machine')
      await page.getByRole('button', { name: `Adopt ${CONTAINER}…` }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name').fill('Taken over')
      await expectAccessible(page)
      await dialog.getByRole('button', { name: 'Adopt', exact: true }).click()
      await page.getByRole('heading', { name: 'Taken over' }).waitFor()
      await untilOnline(page)
      const address = await copied(app, 'Copy address')
      expect(address).toBe(`${ownAddress()}:${PORT}`)
      await checkPing(address)
      const after = await localDocker().getContainer(CONTAINER).inspect()
      expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt])
    })

    test('a table with a port twice is refused until that is set right, then imported whole', async () => {
      const { page } = app
      await more('Import servers…')
      await page
        .getByRole('textbox', { name: 'Table' })
        .fill(
          [
            'name,port,ipAddress,rconPassword,memory',
            'Harbour,25801,,Harbour00001,0.5',
            'Hill,25801,,Hill00000001,0.5',
          ].join('\n'),
        )
      await page.getByRole('button', { name: 'Preview' }).click()
      await page.getByRole('heading', { name: 'What will be imported' }).waitFor()
      await expectAccessible(page)
      expect(await page.getByRole('button', { name: 'Import 2 servers' }).isEnabled()).toBe(false)
      const proposal = page.getByLabel('New port for row 2')
      expect(await proposal.inputValue()).toMatch(/^\d+$/)
      await page.getByRole('button', { name: 'Use this port for row 2' }).click()
      await page.getByRole('button', { name: 'Import 2 servers' }).click()
      for (const name of ['Harbour', 'Hill'])
        await page
          .getByRole('row', { name: new RegExp(name) })
          .getByText('Stopped')
          .waitFor()
    })

    test('back to a copy of the database: compared first; then LightNode only looks until it is confirmed', async () => {
      const { page } = app
      await page.getByRole('link', { name: 'Settings' }).click()
      await page.getByRole('button', { name: 'Back up now' }).click()
      await page
        .getByRole('button', { name: /^Go back to the copy of/ })
        .first()
        .waitFor()
      await more('Import servers…')
      await page
        .getByRole('textbox', { name: 'Table' })
        .fill('name,port,ipAddress,rconPassword,memory\nToo late,25803,,Late00000001,0.5')
      await page.getByRole('button', { name: 'Preview' }).click()
      await page.getByRole('button', { name: 'Import 1 server' }).click()
      await page
        .getByRole('row', { name: /Too late/ })
        .getByText('Stopped')
        .waitFor()

      await page.getByRole('link', { name: 'Settings' }).click()
      await page
        .getByRole('button', { name: /^Go back to the copy of/ })
        .first()
        .click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Too late').waitFor()
      await expectAccessible(page)
      await dialog.getByRole('button', { name: 'Go back', exact: true }).click()
      await page.getByText('LightNode only looks').waitFor()
      await page.getByRole('row', { name: /Harbour/ }).waitFor()
      await page.getByRole('row', { name: /Too late/ }).waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Confirm…' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Confirm', exact: true }).click()
      await page.getByText('LightNode only looks').waitFor({ state: 'detached' })
      await page
        .getByRole('row', { name: /Taken over/ })
        .getByText('Online')
        .waitFor()
    })
  },
)
