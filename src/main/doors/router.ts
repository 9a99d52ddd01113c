import { implement } from '@orpc/server'
import { contract, panelContract } from '../../shared/contract.ts'
import type { SecretClipboard } from './clipboard.ts'

/** Who asks, and what the door can do for them. */
export interface DoorContext {
  /** `desktop` or `browser`. */
  actor: string
  clipboard: SecretClipboard | null
}

export interface PanelContext {
  /** The one server that the session is for. */
  serverId: string
}

const os = implement(contract).$context<DoorContext>()
const panelOs = implement(panelContract).$context<PanelContext>()

export type Router = ReturnType<typeof os.router>
export type PanelRouter = ReturnType<typeof panelOs.router>
