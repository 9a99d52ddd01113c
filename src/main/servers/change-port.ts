import { describeHolder } from '../../shared/describe.ts'
import { invalidInput, LightNodeError } from '../../shared/errors.ts'
import type { Server } from '../../shared/model.ts'
import type { Port } from '../../shared/ports.ts'
import { findPool } from '../database/hosts.ts'
import type { Database } from '../database/open.ts'
import { listPorts } from '../database/ports.ts'
import { type ServerRow, updateServer } from '../database/servers.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { openRun } from '../provisioning/open-run.ts'
import type { PortPool } from '../provisioning/port-pool.ts'
import type { PortReplacer } from '../provisioning/replace-port.ts'
import { type Records, withNewContainer } from './records.ts'
import type { Stops } from './stop.ts'
import type { Tasks } from './tasks.ts'

export interface PortMoverDeps {
  database: Database
  pool: PortPool
  ports: PortReplacer
}

/** Gives a server that stands still another port. */
export interface PortMover {
  /** @throws LightNodeError INVALID_INPUT for a port outside the pool, PORT_TAKEN with its holder */
  refuseTaken(server: ServerRow, port: number): Promise<void>
  /**
   * Moves to the port, or to the next free one; a lost RCON port is replaced, too.
   *
   * @param written runs in the transaction that writes it down
   * @throws LightNodeError PORT_TAKEN, POOL_EXHAUSTED; the server keeps its ports then
   */
  move(server: ServerRow, port: number | null, actor: string, written?: () => void): Promise<void>
}

export function createPortMover({ database, pool, ports }: PortMoverDeps): PortMover {
  function portRow({ hostId }: ServerRow, port: number): Port {
    const found = listPorts(database, hostId, 'game').find((one) => one.port === port)
    if (found) return found
    const { first, last } = findPool(database, hostId, 'game')
    throw invalidInput([{ field: 'port', message: `A port of the pool, ${first} to ${last}.` }])
  }

  async function refuseTaken(server: ServerRow, port: number): Promise<void> {
    const { hostId } = server
    if (portRow(server, port).state === 'blocked') await pool.recheckBlocked(hostId)
    if (portRow(server, port).state === 'free')
      await pool.inTurn(hostId, async () => pool.check(hostId, [port], await pool.snapshot(hostId)))
    const row = portRow(server, port)
    if (row.state !== 'free') throw portTaken(row)
  }

  async function move(
    server: ServerRow,
    port: number | null,
    actor: string,
    written?: () => void,
  ): Promise<void> {
    const lost = (await ports.lostPorts(server)).map(({ purpose }) => purpose)
    const purposes = port === null ? (lost.length > 0 ? lost : ['game' as const]) : withGame(lost)
    await ports.replace(server, purposes, {
      actor,
      ...(port !== null && { game: port }),
      commit(found) {
        // Somebody was faster between the check and this moment.
        if (port !== null && found.game !== port) throw portTaken(portRow(server, port))
        if (server.adopted === 1) updateServer(database, server.id, withNewContainer(server))
        written?.()
      },
    })
  }

  return { refuseTaken, move }
}

function withGame<Purpose extends string>(lost: readonly Purpose[]): (Purpose | 'game')[] {
  return lost.some((purpose) => purpose === 'game') ? [...lost] : ['game', ...lost]
}

function portTaken({ port, server, holder }: Port): LightNodeError {
  const by = server
    ? `server ${server.name}${server.inBin ? ' in the bin' : ''}`
    : holder
      ? describeHolder(holder)
      : 'something else'
  const message = `Port ${port} is held by ${by}.`
  return new LightNodeError('PORT_TAKEN', message, {
    remedy: 'Choose another port, or leave the choice to LightNode.',
    fields: [{ field: 'port', message }],
  })
}

export interface ChangePortDeps {
  database: Database
  now(): number
  launcher: Launcher
  tasks: Tasks
  records: Records
  stops: Stops
  mover: PortMover
  start(id: string, actor: string): Server
}

/** Stop, change and start as one for what runs; a launch that waits begins anew on the new port. */
export function createChangePort(deps: ChangePortDeps) {
  const { launcher, tasks, records, mover } = deps

  function start(id: string, actor: string): Server {
    return mayStart(records.row(id)) ? deps.start(id, actor) : records.get(id)
  }

  return async (id: string, actor: string, port: number | null): Promise<Server> => {
    const before = records.row(id)
    tasks.refuseBusy(id)
    if (port !== null && port !== before.port) await mover.refuseTaken(before, port)
    tasks.refuseBusy(id)
    const { status } = records.row(id)
    const runs = status === 'online' || (status === 'starting' && !launcher.isBusy(id))
    if (port === records.row(id).port) return runs ? records.get(id) : start(id, actor)
    if (runs) return deps.stops.restart(id, actor, { kind: 'port', port })
    await launcher.cancel(id)
    // As it is now: the launch may have changed a port itself.
    const server = records.row(id)
    // With the port: a crash right after this leaves a server that is started.
    const written = () => void (mayStart(server) && openRun(deps.database, id, deps.now()))
    await mover.move(server, port, actor, written)
    return start(id, actor)
  }
}

/** One whose EULA nobody has accepted waits for its own start, where that is asked. */
function mayStart({ problemCode, eulaAcceptedAt }: ServerRow): boolean {
  return problemCode !== 'EULA_REFUSED' && eulaAcceptedAt !== 0
}
