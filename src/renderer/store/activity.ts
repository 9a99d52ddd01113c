import type { Activity } from '../../shared/model.ts'
import type { Slice } from './store.ts'

export interface ActivitySlice {
  /** Newest first; null until it has been loaded. */
  activity: Activity[] | null
  setActivity(activity: Activity[]): void
}

export const activitySlice: Slice<ActivitySlice> = (set) => ({
  activity: null,
  setActivity: (activity) => set({ activity: [...activity].sort((one, other) => other.id - one.id) }),
})
