import type { LightNodeEvent } from '../../shared/model.ts'
import type { State } from './store.ts'

const activityKept = 500

/**
 * What an event changes. Each carries the whole new value, so applying one twice changes nothing.
 * `bin` and `settings` change nothing here: their values are asked for again, as the state of `data` is.
 * A revision that grows tells pages to ask again for what they show.
 */
export function foldEvent(state: State, event: LightNodeEvent): Partial<State> {
  switch (event.type) {
    case 'server':
      return { servers: { ...state.servers, [event.server.id]: event.server } }
    case 'removed': {
      const { [event.serverId]: _removed, ...servers } = state.servers ?? {}
      return { servers }
    }
    case 'engine':
      return { engine: event.engine }
    case 'ports':
      return { portsRevision: state.portsRevision + 1 }
    case 'activity': {
      const others = (state.activity ?? []).filter(({ id }) => id !== event.activity.id)
      const activity = [event.activity, ...others].sort((one, other) => other.id - one.id)
      return { activity: activity.slice(0, activityKept) }
    }
    case 'hello':
    case 'bin':
    case 'settings':
      return {}
    case 'worlds':
      return { worldsRevision: state.worldsRevision + 1 }
    case 'found':
      return { foundRevision: state.foundRevision + 1 }
    case 'data':
      return { dataRevision: state.dataRevision + 1 }
  }
}
