import { z } from 'zod'
import { memorySchema, nameSchema } from './fields.ts'
import { time } from './time.ts'

/** A game container that no server of ours stands for. */
const foundContainerSchema = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  running: z.boolean(),
  /**
   * `orphan`: ours by its label, and without a record. `foreign`: another LightNode's, left alone. `other`: made
   * by hand or by compose.
   */
  kind: z.enum(['orphan', 'foreign', 'other']),
  composeProject: z.string().nullable(),
  /** Host ports that it publishes, or will when it starts. */
  ports: z.array(z.number().int()),
  /** Null when it can be adopted; else why not. */
  refusal: z.string().nullable(),
})
export type FoundContainer = z.infer<typeof foundContainerSchema>

/** A volume of ours that no server stands for: reported, never removed by itself. */
const foundVolumeSchema = z.object({
  name: z.string(),
  /** The server that it was made for. */
  serverId: z.string(),
  createdAt: time.nullable(),
  bytes: z.number().nullable(),
})
export type FoundVolume = z.infer<typeof foundVolumeSchema>

export const foundSchema = z.object({
  containers: z.array(foundContainerSchema),
  volumes: z.array(foundVolumeSchema),
})
export type Found = z.infer<typeof foundSchema>

/** What adopting a container would write down; nothing is restarted or changed by it. */
export const adoptionSchema = z.object({
  containerId: z.string(),
  containerName: z.string(),
  /** Proposed; another one can be given. */
  name: z.string(),
  type: z.string(),
  version: z.string(),
  /** GB of heap. */
  memory: z.number(),
  port: z.number().int(),
  /** Null when RCON is not published: commands then go through the container. */
  rconPort: z.number().int().nullable(),
  passwordFound: z.boolean(),
  mount: z.object({ type: z.enum(['volume', 'bind']), source: z.string() }),
  composeProject: z.string().nullable(),
  running: z.boolean(),
  /** What a person should know before: in sentences. */
  notes: z.array(z.string()),
})
export type Adoption = z.infer<typeof adoptionSchema>

/** Where servers come from: a table in a text, or a LightNode database or export on this machine. */
export const importSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('csv'), text: z.string().max(1_000_000, 'At most 1 MB.') }),
  z.strictObject({
    kind: z.literal('file'),
    path: z.string().trim().min(1, 'Give the path of the file.'),
    /** Of an export. */
    password: z.string().optional(),
  }),
])
export type ImportSource = z.infer<typeof importSourceSchema>

/** One row, what stands in its way, and what would be right. */
const importRowSchema = z.object({
  /** 1 for the first server. */
  row: z.number().int(),
  name: z.string(),
  port: z.number().int(),
  ipAddress: z.string(),
  memory: z.number(),
  /** In the way: nothing can be written until they are dealt with. Each with what is proposed. */
  conflicts: z.array(
    z.object({
      field: z.enum(['name', 'port', 'memory', 'ipAddress', 'rconPassword']),
      message: z.string(),
      /** A value that would be right, as text; null where only leaving the row out helps. */
      proposal: z.string().nullable(),
    }),
  ),
  /** Worth knowing, in sentences: a foreign address, an unusual password, a world that will be new. */
  notes: z.array(z.string()),
  /** A container that holds this port already and can be adopted instead. */
  adoptable: z.string().nullable(),
})
export type ImportRow = z.infer<typeof importRowSchema>

export const importPlanSchema = z.object({ source: z.string(), rows: z.array(importRowSchema) })
export type ImportPlan = z.infer<typeof importPlanSchema>

/** What a person decided about a row. */
export const importFixSchema = z.strictObject({
  row: z.number().int(),
  leaveOut: z.boolean().optional(),
  name: nameSchema.optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  memory: memorySchema.optional(),
})
export type ImportFix = z.infer<typeof importFixSchema>
