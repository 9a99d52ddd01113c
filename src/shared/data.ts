import { z } from 'zod'
import { time } from './time.ts'

/** A copy of LightNode's own database. */
export const dataBackupSchema = z.object({
  name: z.string(),
  /** `daily`, `asked`, `before-restore`, `before-migration-1`. */
  reason: z.string(),
  at: time,
  bytes: z.number(),
})
export type DataBackup = z.infer<typeof dataBackupSchema>

/** What going back to a copy would change. */
export const dataComparisonSchema = z.object({
  name: z.string(),
  at: time,
  /** Servers that only the copy knows, only the present knows, and that differ. */
  returning: z.array(z.string()),
  forgotten: z.array(z.string()),
  changed: z.array(z.object({ name: z.string(), differences: z.array(z.string()) })),
})
export type DataComparison = z.infer<typeof dataComparisonSchema>

export const dataStateSchema = z.object({
  /** After a restore: LightNode only looks until the user confirms. */
  lookOnly: z.object({ restoredFrom: z.string(), at: time }).nullable(),
})
export type DataState = z.infer<typeof dataStateSchema>

export const exportPasswordSchema = z
  .string({ error: 'Give a password.' })
  .min(12, 'At least 12 characters: the file opens every password of your servers.')
  .max(200, 'At most 200 characters.')
