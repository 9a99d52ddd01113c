import { z } from 'zod'

/** How worlds are saved as files. */
export const worldSettingsSchema = z.strictObject({
  /** An absolute path. */
  folder: z.string().trim().min(1, 'Give the folder an absolute path.'),
  /** Every server that has a world is backed up once a day. */
  daily: z.boolean(),
  /** So many daily backups of each server are kept. */
  keep: z.number().int().min(1, 'At least 1.').max(365, 'At most 365.'),
  /** GB that the daily backups of all servers may take together; the newest of each stays. */
  keepGb: z.number().min(1, 'At least 1 GB.').max(100_000, 'At most 100000 GB.'),
})
export type WorldSettings = z.infer<typeof worldSettingsSchema>

export const settingsSchema = z.object({
  /** Without a tag, the tag follows the Minecraft version. */
  image: z.string(),
  /** Where the data key lives. */
  keyLocation: z.enum(['file', 'keyring']),
  /** Null when the keyring can be used; else why not. */
  keyringUnavailable: z.string().nullable(),
  worlds: worldSettingsSchema,
})
export type Settings = z.infer<typeof settingsSchema>

const notAnImage = 'An image reference such as itzg/minecraft-server.'
/** `[host[:port]/]name[/name…][:tag][@digest]`, by the grammar of github.com/distribution/reference. */
const imagePattern =
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?\/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/

export const settingsUpdateSchema = z.strictObject({
  image: z.string().trim().max(255, notAnImage).regex(imagePattern, notAnImage).optional(),
  keyLocation: z.enum(['file', 'keyring']).optional(),
  worlds: worldSettingsSchema.partial().optional(),
})
export type SettingsUpdate = z.infer<typeof settingsUpdateSchema>
