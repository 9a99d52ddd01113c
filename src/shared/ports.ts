import { z } from 'zod'
import { time } from './time.ts'

export const purposeSchema = z.enum(['game', 'rcon'])
export type Purpose = z.infer<typeof purposeSchema>

/** Who holds a port outside our records. */
export const portHolderSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('container'),
    name: z.string(),
    id: z.string(),
    running: z.boolean(),
  }),
  z.object({
    kind: z.literal('process'),
    /** Null where the system does not tell. */
    name: z.string().nullable(),
    pid: z.number().int().nullable(),
    protocol: z.enum(['tcp', 'udp']),
    address: z.string(),
  }),
  z.object({ kind: z.literal('system'), reason: z.string() }),
])
export type PortHolder = z.infer<typeof portHolderSchema>

const portSchema = z.object({
  port: z.number().int(),
  state: z.enum(['free', 'reserved', 'blocked']),
  /** With `reserved`. */
  server: z.object({ id: z.string(), name: z.string(), inBin: z.boolean() }).nullable(),
  /** With `blocked`. */
  holder: portHolderSchema.nullable(),
  /** Since when it is reserved or blocked. */
  since: time.nullable(),
  /** When it was last looked at on the network; null for never. */
  checkedAt: time.nullable(),
})
export type Port = z.infer<typeof portSchema>

export const portPoolSchema = z.object({
  hostId: z.string(),
  purpose: purposeSchema,
  first: z.number().int(),
  last: z.number().int(),
  counts: z.object({ free: z.number(), reserved: z.number(), blocked: z.number() }),
  ports: z.array(portSchema),
})
export type PortPoolView = z.infer<typeof portPoolSchema>

export const portRangeSchema = z
  .strictObject({
    first: z.number().int().min(1024, 'A port from 1024 on.').max(65535, 'A port up to 65535.'),
    last: z.number().int().min(1024, 'A port from 1024 on.').max(65535, 'A port up to 65535.'),
  })
  .refine(({ first, last }) => first <= last, 'The first port comes before the last.')
export type PortRange = z.infer<typeof portRangeSchema>
