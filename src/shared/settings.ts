import { z } from 'zod'

export const settingsSchema = z.object({
  /** Without a tag, the tag follows the Minecraft version. */
  image: z.string(),
  /** Where the data key lives. */
  keyLocation: z.enum(['file', 'keyring']),
  /** Null when the keyring can be used; else why not. */
  keyringUnavailable: z.string().nullable(),
})
export type Settings = z.infer<typeof settingsSchema>

const notAnImage = 'An image reference such as itzg/minecraft-server.'
/** `[host[:port]/]name[/name…][:tag][@digest]`, by the grammar of github.com/distribution/reference. */
const imagePattern =
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?\/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/

export const settingsUpdateSchema = z.strictObject({
  image: z.string().trim().max(255, notAnImage).regex(imagePattern, notAnImage).optional(),
  keyLocation: z.enum(['file', 'keyring']).optional(),
})
export type SettingsUpdate = z.infer<typeof settingsUpdateSchema>
