import { homedir } from 'node:os'
import { createRouterClient } from '@orpc/server'
import { createRouter } from '../../../src/main/doors/router.ts'
import { discoverEngine } from '../../../src/main/engine/connect.ts'
import { watchEngine } from '../../../src/main/engine/watch.ts'
import { openCore } from '../../support/core.ts'
import type { ChildOptions, Order, Report } from '../messages.ts'
import { createPoints } from './points.ts'
import { wrapDatabase } from './wrap-database.ts'
import { wrapEngine } from './wrap-engine.ts'

// The real core on a real engine and a real database, asked by contract over the parent's channel. It dies where
// it is told to.

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions
const points = createPoints()
points.arm(options.arm)

const watch = watchEngine({
  intervalMs: 300,
  async discover(signal) {
    const found = await discoverEngine({
      env: process.env,
      platform: process.platform,
      home: homedir(),
      signal,
    })
    return found.state === 'available' ? { ...found, engine: wrapEngine(found.engine, points) } : found
  },
})

const { core } = await openCore({
  ...{ dataDir: options.dataDir, image: options.image, watch, verifyLimitMs: 60_000 },
  wrapDatabase: (database) => wrapDatabase(database, points),
})
const client = createRouterClient(createRouter(core), {
  context: { actor: 'harness', clipboard: null, saveFile: null },
})

const tell = (report: Report): void => {
  process.send?.(report)
}

async function call(path: string, input: unknown): Promise<unknown> {
  let procedure: unknown = client
  for (const part of path.split('.')) procedure = Reflect.get(procedure as object, part)
  return (procedure as (input: unknown) => Promise<unknown>)(input)
}

process.on('disconnect', () => process.exit(0))
process.on('message', (order: Order) => {
  if (order.type === 'arm') points.arm({ point: order.point, hit: order.hit })
  if (order.type === 'disarm') points.arm(null)
  if (order.type === 'counts') tell({ type: 'counts', id: order.id, counts: points.counts() })
  if (order.type === 'call')
    call(order.path, order.input).then(
      (result) => tell({ type: 'answer', id: order.id, result }),
      (error: unknown) => {
        const {
          code = 'THROWN',
          message,
          stack,
        } = error as { code?: string; message: string; stack?: string }
        if (code === 'THROWN' || code === 'INTERNAL') console.error(stack, (error as Error).cause)
        tell({ type: 'refused', id: order.id, code, message })
      },
    )
})

await core.start()
tell({ type: 'ready' })
