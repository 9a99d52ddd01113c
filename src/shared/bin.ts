import { z } from 'zod'
import { time } from './time.ts'

/** How long a deleted server keeps its port, in milliseconds. */
export const BIN_KEEPS_PORT_MS = 7 * 24 * 60 * 60_000

/** A deleted server: its world is there until a person deletes it for good. */
export const binEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  ipAddress: z.string(),
  /** The port that it keeps, or had; `expired` tells which. */
  port: z.number().int(),
  volumeName: z.string(),
  deletedAt: time,
  /** When the port goes back to the pool. The world stays. */
  portKeptUntil: time,
  /** The port has gone back to the pool: a restore gives it again if it is free. */
  expired: z.boolean(),
})
export type BinEntry = z.infer<typeof binEntrySchema>
