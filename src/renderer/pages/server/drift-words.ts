import type { Drift } from '../../../shared/drift.ts'
import type { Server } from '../../../shared/model.ts'

/** True where mending it stops a game that people may be playing. */
export function endsGame({ kind, mend }: Drift, { status }: Pick<Server, 'status'>): boolean {
  if (status !== 'online' && status !== 'starting') return false
  return kind === 'changed' && mend === 'Make anew'
}
