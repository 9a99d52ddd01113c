import { os } from '@orpc/server'
import type { contract } from '../../shared/contract.ts'
import type { DataService } from '../data/data.ts'

type Contract = typeof contract
/** Every procedure of the contract: `servers.list` … */
export type ProcedureName = {
  [Group in keyof Contract & string]: `${Group}.${keyof Contract[Group] & string}`
}[keyof Contract & string]

/**
 * Whether a procedure looks or acts. What acts is refused while LightNode only looks, after a restored database.
 * Looking is what changes neither servers nor what they stand on; what goes back to a copy is never closed off.
 */
export const procedures: Record<ProcedureName, 'looks' | 'acts'> = {
  'app.info': 'looks',
  'engine.status': 'looks',
  // Without the right engine there is nothing to look at; LightNode acts on it no sooner than it may.
  'engine.rebind': 'looks',
  'servers.list': 'looks',
  'servers.get': 'looks',
  'servers.create': 'acts',
  'servers.credentials': 'looks',
  'servers.retry': 'acts',
  'servers.start': 'acts',
  'servers.stop': 'acts',
  'servers.kill': 'acts',
  'servers.cancel': 'acts',
  'servers.dismissTask': 'acts',
  'servers.waitForPort': 'acts',
  'servers.changePort': 'acts',
  'servers.restart': 'acts',
  'servers.update': 'acts',
  'servers.mend': 'acts',
  'servers.copies': 'looks',
  'servers.revert': 'acts',
  'servers.removeCopy': 'acts',
  'servers.rotatePassword': 'acts',
  'servers.remove': 'acts',
  'servers.logs': 'looks',
  'servers.usage': 'looks',
  'bin.list': 'looks',
  'bin.restore': 'acts',
  'bin.purge': 'acts',
  'worlds.list': 'looks',
  'worlds.backUp': 'acts',
  'worlds.verify': 'looks',
  'worlds.restore': 'acts',
  'worlds.restoreAsNew': 'acts',
  'worlds.remove': 'acts',
  'worlds.saveAs': 'looks',
  'found.list': 'looks',
  'found.preview': 'looks',
  'found.adopt': 'acts',
  'found.adoptVolume': 'acts',
  'found.removeVolume': 'acts',
  'imports.preview': 'looks',
  'imports.apply': 'acts',
  'data.state': 'looks',
  'data.backups': 'looks',
  'data.backUp': 'looks',
  'data.compare': 'looks',
  'data.restore': 'looks',
  'data.confirm': 'looks',
  'data.export': 'looks',
  'ports.list': 'looks',
  'ports.check': 'looks',
  'regions.list': 'looks',
  'hosts.update': 'acts',
  'settings.get': 'looks',
  'settings.update': 'acts',
  'activity.list': 'looks',
  'clipboard.write': 'looks',
  'events.stream': 'looks',
}

/** Before every procedure: what acts goes through the data service, which may refuse it. */
export function gate(data: Pick<DataService, 'act'>) {
  return os.middleware(async ({ path, next }) => {
    const name = path.join('.')
    const looks = Object.hasOwn(procedures, name) && procedures[name as ProcedureName] === 'looks'
    return looks ? next() : data.act(async () => next())
  })
}
