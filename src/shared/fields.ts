import { z } from 'zod'
import { publicAddressSchema } from './hosts.ts'

// The fields of a server as a person gives them, each checked on its own.

/** The server types that New server offers. */
export const offeredTypes = [
  'VANILLA',
  'PAPER',
  'PURPUR',
  'FOLIA',
  'FABRIC',
  'QUILT',
  'FORGE',
  'NEOFORGE',
] as const

/** Every type that a server can have: those of the game image's TYPE variable that an adopted one may bring. */
export const serverTypes = [
  ...offeredTypes,
  'SPIGOT',
  'BUKKIT',
  'PUFFERFISH',
  'LEAF',
  'MOHIST',
  'ARCLIGHT',
  'SPONGEVANILLA',
  'NANOLIMBO',
  'CUSTOM',
  'MODRINTH',
  'AUTO_CURSEFORGE',
  'FTBA',
  'GTNH',
] as const
export const serverTypeSchema = z.enum(serverTypes)
export type ServerType = z.infer<typeof serverTypeSchema>

/** LATEST, SNAPSHOT, a release such as 1.20.4 or 26.1, or a snapshot such as 25w14a. */
export const versionPattern =
  /^(LATEST|SNAPSHOT|\d{1,2}\.\d{1,2}(\.\d{1,2})?(-[a-z]+-?\d+)?|\d{2}w\d{2}[a-z])$/

const nameLimits = { min: 1, max: 50 } as const
const memoryLimits = { min: 0.5, max: 1024 } as const
const diskLimits = { min: 1, max: 1000 } as const

/** What shows nothing but is a part of emoji and of some scripts: joiners, variation selectors, tags. */
const joining = /\u200c|\u200d|[\u{fe00}-\u{fe0f}]|[\u{e0020}-\u{e007f}]/gu

/** Something to see, and nothing that hides, breaks or turns round what is beside it. */
function isPrintable(name: string): boolean {
  const rest = name.replace(joining, '')
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(rest) && !/[\p{C}\p{Zl}\p{Zp}\p{DI}]/u.test(rest)
}

export const nameSchema = z
  .string({ error: 'Give the server a name.' })
  .transform((name) => name.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(nameLimits.min, { error: 'Give the server a name.', abort: true })
      .refine((name) => [...name].length <= nameLimits.max, `At most ${nameLimits.max} characters.`)
      .refine((name) => isPrintable(name), 'Printable characters only.'),
  )

export const memorySchema = z
  .number({ error: 'Memory is a number of GB.' })
  .min(memoryLimits.min, `At least ${memoryLimits.min} GB.`)
  .max(memoryLimits.max, `At most ${memoryLimits.max} GB.`)

export const diskSchema = z
  .number({ error: 'Disk space is a number of GB.' })
  .min(diskLimits.min, `At least ${diskLimits.min} GB.`)
  .max(diskLimits.max, `At most ${diskLimits.max} GB.`)

export const versionSchema = z
  .string({ error: 'LATEST, SNAPSHOT or a version such as 1.20.4.' })
  .trim()
  .regex(versionPattern, 'LATEST, SNAPSHOT or a version such as 1.20.4.')

export const typeSchema = z.enum(serverTypes, { error: `One of ${serverTypes.join(', ')}.` })

/** Variables that LightNode sets, or that would undo what it relies on (ports, user, RCON, the EULA). */
const ours =
  /^(EULA|TYPE|VERSION|MEMORY|INIT_MEMORY|MAX_MEMORY|(ENABLE_)?RCON(_.*)?|SERVER_(PORT|IP)|UID|GID|PATH|HOME|CREATE_CONSOLE_IN_PIPE|STOP_DURATION|SETUP_ONLY|EXEC_DIRECTLY|(SKIP|OVERRIDE|CUSTOM|DUMP)_SERVER_PROPERTIES|BASH_ENV|LD_.*)$/

/** Extra variables of the game's container, by name: SEED, DIFFICULTY … Shown by `docker inspect`: no secrets. */
export const environmentSchema = z
  .record(
    z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'A name is capital letters, digits and _.')
      .refine((name) => !ours.test(name), 'LightNode sets this one itself.'),
    z
      .string()
      .max(1000, 'At most 1000 characters.')
      .refine((value) => !/[\p{Cc}]/u.test(value), 'No line breaks or control characters.'),
  )
  .refine((all) => Object.keys(all).length <= 50, 'At most 50 variables.')
/** As stored: whatever was right when it was written. */
export const variablesSchema = z.record(z.string(), z.string())
export type Environment = z.infer<typeof variablesSchema>

/** What Edit sends; what is left out stays. */
export const serverUpdateSchema = z.strictObject({
  name: nameSchema.optional(),
  /** GB of heap. */
  memory: memorySchema.optional(),
  type: typeSchema.optional(),
  version: versionSchema.optional(),
  /** What players of this server type; null goes back to the host's. */
  address: publicAddressSchema.nullable().optional(),
  environment: environmentSchema.optional(),
})
export type ServerUpdate = z.infer<typeof serverUpdateSchema>
