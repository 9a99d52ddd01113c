import { expect, onTestFinished, test, vi } from 'vitest'
import { openLaunchKit, stepOf } from './launch-kit.ts'

test('a launch has its whole time when the clock is set forward', async () => {
  const kit = openLaunchKit()
  kit.engine.versionName = null
  const { id } = await kit.create()
  await kit.until(id, (server) => stepOf(server, 'verify').state === 'running')
  const later = Date.now() + 3_600_000
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => later)
  onTestFinished(() => clock.mockRestore())
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(kit.servers.get(id).status).toBe('starting')
})
