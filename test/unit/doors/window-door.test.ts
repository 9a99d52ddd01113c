import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { os, type RouterClient } from '@orpc/server'
import pino from 'pino'
import { afterEach, expect, test } from 'vitest'
import type { DoorContext, Router } from '../../../src/main/doors/router.ts'
import { openWindowDoor, type WindowDoor, type WindowPort } from '../../../src/main/doors/window-door.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'

const base = os.$context<DoorContext>()
const router = {
  who: base.handler(({ context }) => [context.actor, context.clipboard !== null, context.saveFile !== null]),
  refuse: base.handler(() => {
    throw new LightNodeError('NAME_TAKEN')
  }),
  fail: base.handler(() => {
    throw new Error('SecretCause')
  }),
  stream: base.handler(async function* ({ signal }) {
    open += 1
    try {
      yield 'hello'
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    } finally {
      open -= 1
    }
  }),
}
let open = 0
let door: WindowDoor
afterEach(() => door.close())

function connect(log: string[] = []) {
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) })
  const clipboard = { write: async () => {}, clearNow: async () => {} }
  const saveFile = async () => true
  door = openWindowDoor({ router: router as unknown as Router, clipboard, saveFile, logger })
  const { port1, port2 } = new MessageChannel()
  // Electron's port hands its listeners an event with the data, Node's the data alone.
  const port: WindowPort = {
    on: (event: string, listener: (event: never) => void) =>
      port1.on(event, (data: unknown) => listener({ data } as never)),
    postMessage: (data) => port1.postMessage(data),
    start: () => port1.start(),
    close: () => port1.close(),
  }
  door.connect(port)
  port2.start()
  const client: RouterClient<typeof router> = createORPCClient(
    new RPCLink({ port: port2 as unknown as ConstructorParameters<typeof RPCLink>[0]['port'] }),
  )
  return { client, port2 }
}

test('the window asks as the desktop, with its clipboard and a place for files', async () => {
  expect(await connect().client.who()).toEqual(['desktop', true, true])
})

test('errors arrive as the catalogue has them, without a cause', async () => {
  const log: string[] = []
  const { client } = connect(log)
  await expect(client.refuse()).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    defined: true,
    data: { remedy: expect.any(String) },
  })
  const error = await client.fail().then(
    () => null,
    (reason: { code: string; data: { reference: string } }) => reason,
  )
  expect(error).toMatchObject({ code: 'INTERNAL', defined: true })
  expect(JSON.stringify(error)).not.toContain('SecretCause')
  expect(log.join('')).toContain(error?.data.reference)
})

test('a stream ends when the page is gone', async () => {
  const { client, port2 } = connect()
  const events = await client.stream()
  expect((await events.next()).value).toBe('hello')
  expect(open).toBe(1)
  port2.close()
  await expect.poll(() => open).toBe(0)
})

test('closing the door ends the streams', async () => {
  const { client } = connect()
  await (await client.stream()).next()
  door.close()
  await expect.poll(() => open).toBe(0)
})
