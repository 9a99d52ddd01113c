import { z } from 'zod'

const driftKinds = ['removed', 'stopped', 'paused', 'renamed', 'changed', 'image', 'volume'] as const
export const driftKindSchema = z.enum(driftKinds)
export type DriftKind = z.infer<typeof driftKindSchema>

/** Something about a server's container that was changed outside LightNode: shown, and mended by one button. */
export const driftSchema = z.object({
  kind: driftKindSchema,
  /** What differs, in a sentence. */
  message: z.string(),
  /** The button's word: "Start", "Rename back"; null where only the user can mend it. */
  mend: z.string().nullable(),
})
export type Drift = z.infer<typeof driftSchema>
