import { z } from 'zod'
import { time } from './time.ts'

/** A world that was set aside, or copied, before something that the game can't undo. */
export const worldCopySchema = z.object({
  volumeName: z.string(),
  serverId: z.string(),
  /** Before a change of type or version, before a restore, or before going back. */
  reason: z.enum(['change', 'restore', 'revert']),
  type: z.string(),
  version: z.string(),
  bytes: z.number(),
  createdAt: time,
})
export type WorldCopy = z.infer<typeof worldCopySchema>

/** A world saved as a file. */
export const worldBackupSchema = z.object({
  id: z.string(),
  serverId: z.string(),
  serverName: z.string(),
  /** Asked for by a person, or made by the daily schedule. */
  reason: z.enum(['asked', 'daily']),
  file: z.string(),
  type: z.string(),
  version: z.string(),
  /** Of the file. */
  bytes: z.number(),
  /** Of the world in it. */
  worldBytes: z.number(),
  files: z.number().int(),
  createdAt: time,
  /** When it was last read back as it was written. */
  verifiedAt: time,
  /** The file is gone from its place, or another one is there. */
  missing: z.boolean(),
})
export type WorldBackup = z.infer<typeof worldBackupSchema>
