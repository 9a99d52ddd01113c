import { mkdtemp, rm } from 'node:fs/promises'
import http, { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openClient } from '../../../src/main/engine/client.ts'
import { createDockerEngine, type DockerEngine } from '../../../src/main/engine/docker-engine.ts'
import type { ContainerSpec } from '../../../src/main/engine/types.ts'

let folder: string
let server: Server
let engine: DockerEngine
let answer: { status: number; body: string }
let asked: { line: string; body: string }[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lnt-client-'))
  const path = join(folder, 'd.sock')
  asked = []
  answer = { status: 200, body: '{}' }
  server = createServer(async (request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, body: await text(request) })
    response.statusCode = answer.status
    response.end(answer.status === 304 ? undefined : answer.body)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const endpoint = `unix://${path}`
  const client = await openClient({ source: 'test', endpoint, explicit: true }, '1.43')
  engine = createDockerEngine({ client, endpoint, apiVersion: '1.43', podman: false })
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

const spec: ContainerSpec = {
  name: 'a',
  image: 'i',
  labels: { l: '1' },
  env: { SECRET: 'geheim' },
  ports: [],
  mount: { type: 'volume', source: 'v', target: '/data' },
  memoryBytes: 1,
  pidsLimit: 2,
  capabilities: [],
  stopTimeoutSeconds: 75,
}

it('creates with the name alone in the address, and passes warnings on', async () => {
  answer = { status: 201, body: '{"Id":"x","Warnings":["no swap limit"]}' }
  expect(await engine.createContainer(spec)).toEqual({ id: 'x', warnings: ['no swap limit'] })
  expect(asked[0]?.line).toBe('POST /v1.43/containers/create?name=a')
  expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
    ...{ Env: ['SECRET=geheim'], StopTimeout: 75 },
    HostConfig: { Mounts: [{ Type: 'volume', Source: 'v', Target: '/data' }] },
  })
  await engine.createContainer({ ...spec, mount: { type: 'bind', source: '/home/w', target: '/data' } })
  expect(JSON.parse(asked[1]?.body ?? '').HostConfig).toMatchObject({
    Mounts: [{ Type: 'bind', Source: '/home/w', Target: '/data' }],
  })
})

it('asks for what it means', async () => {
  answer = { status: 204, body: '' }
  await engine.startContainer('a/../b')
  await engine.stopContainer('a', 75)
  await engine.removeContainer('a')
  await engine.setRestartPolicy('a', 'unless-stopped')
  await engine.stopContainer('a', 86_400)
  await engine.killContainer('a')
  await engine.renameContainer('a', 'b/ c')
  expect(asked).toEqual([
    { line: 'POST /v1.43/containers/a%2F..%2Fb/start', body: '' },
    { line: 'POST /v1.43/containers/a/stop?t=75', body: '' },
    { line: 'DELETE /v1.43/containers/a?v=false&force=false', body: '' },
    { line: 'POST /v1.43/containers/a/update', body: '{"RestartPolicy":{"Name":"unless-stopped"}}' },
    { line: 'POST /v1.43/containers/a/stop?t=-1', body: '' },
    { line: 'POST /v1.43/containers/a/kill?signal=SIGKILL', body: '' },
    { line: 'POST /v1.43/containers/a/rename?name=b%2F%20c', body: '' },
  ])
})

it('takes "already so" for done', async () => {
  answer = { status: 304, body: '' }
  await engine.startContainer('a')
  await engine.stopContainer('a', 1)
})

it('takes a removal that goes on for done, and no other conflict', async () => {
  answer = { status: 409, body: '{"message":"removal of container a is already in progress"}' }
  await engine.removeContainer('a')
  answer = { status: 409, body: '{"message":"You cannot remove a running container a."}' }
  await expect(engine.removeContainer('a')).rejects.toMatchObject({
    kind: 'rejected',
    message: 'You cannot remove a running container a.',
  })
})

it('takes a kill of what is stopped for done, and a name that it has already', async () => {
  answer = { status: 409, body: '{"message":"Cannot kill container: a: Container 0f1 is not running"}' }
  await engine.killContainer('a')
  answer = {
    status: 400,
    body: '{"message":"Renaming a container with the same name as its current name"}',
  }
  await engine.renameContainer('a', 'a')
  const taken = 'Conflict. The container name "/b" is already in use by container "0f2".'
  answer = { status: 409, body: JSON.stringify({ message: taken }) }
  await expect(engine.renameContainer('a', 'b')).rejects.toMatchObject({ kind: 'name-taken' })
  await expect(engine.killContainer('a')).rejects.toMatchObject({ message: taken })
})

it('lists volumes', async () => {
  const Volumes = [
    { Name: 'v', Labels: { l: '1' }, CreatedAt: '2026-11-23T10:00:00+01:00' },
    { Name: 'w', Labels: null, CreatedAt: 'long ago' },
    { Name: 'x', Labels: null },
  ]
  answer = { status: 200, body: JSON.stringify({ Volumes, Warnings: null }) }
  expect(await engine.listVolumes()).toEqual([
    { name: 'v', labels: { l: '1' }, createdAt: Date.UTC(2026, 10, 23, 9) },
    { name: 'w', labels: {}, createdAt: null },
    { name: 'x', labels: {}, createdAt: null },
  ])
  answer = { status: 200, body: '{"Volumes":null}' }
  expect(await engine.listVolumes()).toEqual([])
  expect(asked.map(({ line }) => line)).toEqual(['GET /v1.43/volumes', 'GET /v1.43/volumes'])
})

it('reads mounts of both kinds, and no others', async () => {
  const Mounts = [
    { Type: 'volume', Name: 'v', Source: '/var/lib/docker/volumes/v/_data', Destination: '/data' },
    { Type: 'bind', Source: '/home/world', Destination: '/world' },
    { Type: 'tmpfs', Source: '', Destination: '/tmp' },
  ]
  const raw = {
    ...{ Id: 'x', Name: '/a', State: { Status: 'created', ExitCode: 0, OOMKilled: false } },
    ...{ Config: { Image: 'i', Labels: null, Env: null }, HostConfig: { PortBindings: null, Memory: 1 } },
  }
  answer = { status: 200, body: JSON.stringify({ ...raw, Mounts }) }
  expect((await engine.inspectContainer('a'))?.mounts).toEqual([
    { type: 'volume', source: 'v', target: '/data' },
    { type: 'bind', source: '/home/world', target: '/world' },
  ])
  answer = { status: 200, body: JSON.stringify({ ...raw, Mounts: null }) }
  expect((await engine.inspectContainer('a'))?.mounts).toEqual([])
})

it('ends the waiting for a stop when told', async () => {
  server.removeAllListeners('request')
  const asked = new Promise((resolve) => server.on('request', resolve))
  const controller = new AbortController()
  const stopping = engine.stopContainer('a', 86_400, controller.signal)
  await asked
  controller.abort()
  await expect(stopping).rejects.toMatchObject({ kind: 'timeout', message: 'stop container: cancelled' })
})

it("gives the engine's own text, whether JSON or not", async () => {
  answer = { status: 404, body: '{"message":"No such image: i"}' }
  await expect(engine.createContainer(spec)).rejects.toMatchObject({
    kind: 'image-missing',
    message: 'No such image: i',
  })
  answer = { status: 502, body: 'bad gateway - try again' }
  await expect(engine.info()).rejects.toMatchObject({ kind: 'rejected', message: 'bad gateway - try again' })
  answer = { status: 500, body: '' }
  await expect(engine.info()).rejects.toMatchObject({ message: 'the engine answered 500 without a reason' })
})

it('asks for volumes alone where the engine can, once for all who ask, and null for the unknown', async () => {
  answer = {
    status: 200,
    body: '{"Volumes":[{"Name":"v","UsageData":{"Size":5}},{"Name":"w","UsageData":{"Size":-1}}]}',
  }
  const usage = await Promise.all(['v', 'w', 'x'].map((name) => engine.volumeUsage(name)))
  expect(usage).toEqual([5, null, null])
  expect(asked.map(({ line }) => line)).toEqual(['GET /v1.43/system/df?type=volume'])
  answer = { status: 500, body: '{"message":"a disk usage operation is already running"}' }
  expect(await engine.volumeUsage('v')).toBeNull()
})

it('gives docker-modem nothing deep to inspect: it inspects all of it, and Electron dies of open sockets', async () => {
  const request = vi.spyOn(http, 'request')
  try {
    await engine.ping()
    const options = request.mock.calls[0]?.[0]
    expect(options).toMatchObject({ agent: { keepAlive: false } })
    expect(inspect(options, { showHidden: true, depth: null }).length).toBeLessThan(1_000)
  } finally {
    request.mockRestore()
  }
})

it.each(['<html>a proxy</html>', '{"foo":[1]}', 'null', '"x"'])('takes %s for no engine', async (body) => {
  answer = { status: 200, body }
  const strange = { kind: 'unreachable', message: 'the answer is not one of a Docker engine' }
  await expect(engine.createContainer(spec)).rejects.toMatchObject(strange)
  await expect(engine.inspectContainer('a')).rejects.toMatchObject(strange)
  await expect(engine.listContainers()).rejects.toMatchObject(strange)
  await expect(engine.info()).rejects.toMatchObject(strange)
})

it('goes on with one that is paused', async () => {
  answer = { status: 409, body: '{"message":"cannot start a paused container, try unpause instead"}' }
  await expect(engine.startContainer('a')).rejects.toMatchObject({ kind: 'rejected' })
  expect(asked.map(({ line }) => line)).toEqual([
    'POST /v1.43/containers/a/start',
    'POST /v1.43/containers/a/unpause',
  ])
})
