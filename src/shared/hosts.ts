import { z } from 'zod'

export const hostSchema = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  enabled: z.boolean(),
  /** This machine's own addresses that a player could use, the default route's first. */
  addresses: z.array(z.string()),
  /** What players should use instead; null for none. */
  publicAddress: z.string().nullable(),
  gamePorts: z.object({ first: z.number(), last: z.number() }),
  rconPorts: z.object({ first: z.number(), last: z.number() }),
})
export type Host = z.infer<typeof hostSchema>

export const regionSchema = z.object({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  hosts: z.array(hostSchema),
})
export type Region = z.infer<typeof regionSchema>

const notAnAddress = 'An IP address or a host name, without port.'

/** An IPv4 or IPv6 address, or a DNS name: what a player can type. */
export const publicAddressSchema = z
  .string()
  .trim()
  .max(255, notAnAddress)
  // As it stands in front of a port.
  .transform((text) => text.replace(/^\[(.*:.*)\]$/, '$1'))
  .refine(
    (text) => !/^[0.:]+$/.test(text),
    'This stands for every address; name the one that players should use.',
  )
  .refine(
    (text) =>
      z.union([z.ipv4(), z.ipv6()]).safeParse(text).success ||
      // A name that ends in a number is a mistyped address.
      /^(?=.{1,253}$)(?!(.*\.)?\d+$)([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(
        text,
      ),
    notAnAddress,
  )
