import { describe, expect, it } from 'vitest'
import { isAlreadySo, outcomeOf, pullError, toEngineError } from '../../../src/main/engine/errors.ts'
import { EngineError, type EngineErrorKind } from '../../../src/main/engine/types.ts'

/** As docker-modem makes it. */
function refusal(statusCode: number, reason: string, text: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) ${reason} - ${text} `), { statusCode, reason })
}

const opening = 'driver failed programming external connectivity on endpoint NAME (ID): '
const rows: [what: string, status: number, text: string, kind: EngineErrorKind, port?: number][] = [
  [
    'another container',
    500,
    `${opening}Bind for 0.0.0.0:25601 failed: port is already allocated`,
    'port-taken',
    25601,
  ],
  [
    'a process on IPv4',
    500,
    `${opening}Error starting userland proxy: listen tcp4 0.0.0.0:25602: bind: address already in use`,
    'port-taken',
    25602,
  ],
  [
    'a process on IPv6',
    500,
    `${opening}Error starting userland proxy: listen tcp6 [::]:25604: bind: address already in use`,
    'port-taken',
    25604,
  ],
  [
    'UDP',
    500,
    `${opening}Error starting userland proxy: listen udp 0.0.0.0:25605: bind: address already in use`,
    'port-taken',
    25605,
  ],
  [
    'an older IPv6 text',
    500,
    `${opening}Bind for :::25606 failed: port is already allocated`,
    'port-taken',
    25606,
  ],
  [
    'Docker 28',
    500,
    `failed to set up container networking: ${opening}failed to bind host port for 0.0.0.0:25607:172.17.0.2:25565/tcp: address already in use`,
    'port-taken',
    25607,
  ],
  [
    'Docker 29',
    500,
    `failed to set up container networking: ${opening}failed to bind host port 0.0.0.0:25608/tcp: address already in use`,
    'port-taken',
    25608,
  ],
  [
    'Docker Desktop',
    500,
    'Ports are not available: exposing port TCP 0.0.0.0:25610 -> 0.0.0.0:0: listen tcp 0.0.0.0:25610: bind: address already in use',
    'port-taken',
    25610,
  ],
  [
    'Docker Desktop on Windows',
    500,
    'Ports are not available: exposing port TCP 0.0.0.0:25611 -> 127.0.0.1:0: listen tcp 0.0.0.0:25611: bind: An attempt was made to access a socket in a way forbidden by its access permissions.',
    'port-taken',
    25611,
  ],
  ['Podman', 500, 'rootlessport listen tcp 0.0.0.0:25612: bind: address already in use', 'port-taken', 25612],
  [
    'Podman with pasta',
    500,
    "pasta failed with exit code 1: Failed to bind port 25613 (Address already in use) for option '-t 25613'",
    'port-taken',
    25613,
  ],
  ['a taken port without its number', 500, 'port is already allocated', 'port-taken'],
  [
    'an address that is not here',
    500,
    `${opening}Error starting userland proxy: listen tcp4 154.12.1.45:25609: bind: cannot assign requested address`,
    'rejected',
  ],
  [
    'a taken name',
    409,
    'Conflict. The container name "/lightnode-a" is already in use by container "4f1c". You have to remove (or rename) that container to be able to reuse that name.',
    'name-taken',
  ],
  [
    'a taken name in Podman',
    500,
    'creating container storage: the container name "a" is already in use by 4f1c. You have to remove that container to be able to reuse that name: that name is already in use',
    'name-taken',
  ],
  ['a missing image', 404, 'No such image: itzg/minecraft-server:latest', 'image-missing'],
  ['a missing image in Podman', 404, 'itzg/x: image not known', 'image-missing'],
  ['a missing container', 404, 'No such container: 4f1c', 'not-found'],
  ['a missing volume', 404, 'get world: no such volume', 'not-found'],
  ['a bad name', 400, 'Invalid container name (w), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed', 'rejected'],
  ['too little memory', 400, 'Minimum memory limit allowed is 6MB', 'rejected'],
  ['a bad port', 400, 'invalid port specification: "70000"', 'rejected'],
  [
    'removing what runs',
    409,
    'You cannot remove a running container 4f1c. Stop the container before attempting removal or force remove',
    'rejected',
  ],
  [
    'a missing command',
    400,
    'failed to create shim task: OCI runtime create failed: runc create failed: exec: "/nope": stat /nope: no such file or directory: unknown',
    'rejected',
  ],
  ['a full disk', 500, 'mkdir /var/lib/docker/overlay2/x: no space left on device', 'no-space'],
]

describe("the engine's refusals", () => {
  it.each(rows)('%s', (_, status, text, kind, port) => {
    const source = refusal(status, 'server error', text)
    const error = toEngineError(source)
    expect(error).toBeInstanceOf(EngineError)
    expect(error).toMatchObject({ kind, message: text, cause: source })
    expect(error.port).toBe(port)
  })

  it('knows the answer 304', () => {
    expect(isAlreadySo(refusal(304, 'container already started', ''))).toBe(true)
    expect(isAlreadySo(refusal(404, 'no such container', ''))).toBe(false)
    expect(toEngineError(refusal(500, 'server error', '')).message).toBe(
      'the engine answered 500 without a reason',
    )
  })

  it('keeps an EngineError as it is', () => {
    const error = new EngineError('timeout', 'late')
    expect(toEngineError(error)).toBe(error)
  })
})

describe('a failed pull', () => {
  it("takes the error's own text", () => {
    const text = 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host'
    const error = Object.assign(refusal(500, 'server error', text), { json: null })
    expect(toEngineError(error, 'pull')).toMatchObject({ kind: 'pull-failed', message: text })
    const missing = refusal(404, 'unexpected', 'pull access denied for x, repository does not exist')
    expect(toEngineError(missing, 'pull').kind).toBe('pull-failed')
  })

  it('tells a full disk apart, inside the stream, too', () => {
    expect(toEngineError(refusal(500, 'server error', 'write: no space left on device'), 'pull').kind).toBe(
      'no-space',
    )
    expect(pullError('failed to register layer: write /x: no space left on device').kind).toBe('no-space')
    expect(pullError('unexpected EOF')).toMatchObject({ kind: 'pull-failed', message: 'unexpected EOF' })
  })

  it('tells an engine that is gone apart', () => {
    const gone = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    expect(toEngineError(gone, 'pull').kind).toBe('unreachable')
  })
})

describe('connections', () => {
  const failed = (code: string) => Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code })
  it.each([
    ['ENOENT', 'unreachable', 'no such file'],
    ['ECONNREFUSED', 'unreachable', 'connection refused'],
    ['ECONNRESET', 'unreachable', 'the connection was cut off'],
    ['EACCES', 'denied', 'permission denied'],
    ['EPERM', 'denied', 'permission denied'],
    ['EPROTO', 'unreachable', 'connect EPROTO /var/run/docker.sock'],
  ])('%s', (code, kind, outcome) => {
    expect(toEngineError(failed(code)).kind).toBe(kind)
    expect(outcomeOf(failed(code))).toBe(outcome)
    expect(outcomeOf(toEngineError(failed(code)))).toBe(outcome)
  })

  it('says something of errors without a text or a code', () => {
    expect(toEngineError(Object.assign(new Error(''), { code: 'ECONNREFUSED' })).message).toBe('ECONNREFUSED')
    expect(toEngineError(new TypeError('a bug'))).toMatchObject({ kind: 'rejected', message: 'a bug' })
    expect(toEngineError('odd')).toMatchObject({ kind: 'rejected', message: 'odd' })
  })
})
