import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { binEntrySchema } from './bin.ts'
import { type ErrorCode, errorCatalogue, errorDataSchema } from './errors.ts'
import { hostSchema, publicAddressSchema, regionSchema } from './hosts.ts'
import {
  activitySchema,
  appInfoSchema,
  createdServerSchema,
  createServerInputSchema,
  credentialsSchema,
  engineStatusSchema,
  eventSchema,
  memorySchema,
  nameSchema,
  panelServerSchema,
  serverSchema,
} from './model.ts'
import { portPoolSchema, portRangeSchema, purposeSchema } from './ports.ts'
import { settingsSchema, settingsUpdateSchema } from './settings.ts'

type ContractErrors = {
  [Code in ErrorCode]: { status: number; message: string; data: typeof errorDataSchema }
}

const errors = Object.fromEntries(
  Object.entries(errorCatalogue).map(([code, { status, message }]) => [
    code,
    { status, message, data: errorDataSchema },
  ]),
) as ContractErrors

const base = oc.errors(errors)
const byId = z.strictObject({ id: z.string().min(1) })
const none = z.strictObject({}).optional()

/** Everything that can be asked of LightNode: input, output and errors. The three doors serve this. */
export const contract = {
  app: {
    info: base.input(none).output(appInfoSchema),
  },
  engine: {
    status: base.input(none).output(engineStatusSchema),
    /** Binds host `local` to the engine that answers now. */
    rebind: base.input(none).output(engineStatusSchema),
  },
  servers: {
    list: base.input(none).output(z.array(serverSchema)),
    get: base.input(byId).output(serverSchema),
    create: base.input(createServerInputSchema).output(createdServerSchema),
    /** Reveals the secrets of one server. */
    credentials: base.input(byId).output(credentialsSchema),
    /** Runs the launch again after a failure; `acceptEula` accepts it for a server that lacks it. */
    retry: base.input(byId.extend({ acceptEula: z.boolean().optional() })).output(serverSchema),
    start: base.input(byId).output(serverSchema),
    /** Graceful: the game saves first; may take 75 s. */
    stop: base.input(byId).output(serverSchema),
    /** After PORT_TAKEN: starts as soon as the holder lets go of the port. */
    waitForPort: base.input(byId).output(serverSchema),
    /** After PORT_TAKEN: takes the next free port of the pool and starts there. */
    changePort: base.input(byId).output(serverSchema),
    /** Graceful stop, then start; puts changed memory into force. */
    restart: base.input(byId).output(serverSchema),
    /** Name and memory; what runs keeps its memory until it is restarted. */
    update: base
      .input(byId.extend({ name: nameSchema.optional(), memory: memorySchema.optional() }))
      .output(serverSchema),
    /** A new RCON password; what runs is restarted with it. The old one is forgotten once the new one works. */
    rotatePassword: base.input(byId).output(serverSchema),
    /** To the bin: the container goes; world, credentials and, for 7 days, the port stay. */
    remove: base.input(byId).output(z.void()),
    /** The container's last lines, secrets struck out. */
    logs: base
      .input(byId.extend({ lines: z.number().int().min(1).max(1000).default(40) }))
      .output(z.array(z.string())),
    /** Bytes of the world volume; null while the engine can't tell. */
    usage: base.input(byId).output(z.object({ volumeBytes: z.number().nullable() })),
  },
  bin: {
    /** Newest first. */
    list: base.input(none).output(z.array(binEntrySchema)),
    /** Out of the bin and started: same world, same password, same address while the port is kept. */
    restore: base.input(byId.extend({ name: nameSchema.optional() })).output(serverSchema),
    /** For good, world and all. `name` is the server's, typed by a person. */
    purge: base.input(byId.extend({ name: z.string() })).output(z.void()),
  },
  ports: {
    list: base
      .input(z.strictObject({ hostId: z.string().default('local'), purpose: purposeSchema.default('game') }))
      .output(portPoolSchema),
    /** Looks at every port that we don't hold, now. */
    check: base
      .input(z.strictObject({ hostId: z.string().default('local'), purpose: purposeSchema.default('game') }))
      .output(portPoolSchema),
  },
  regions: {
    list: base.input(none).output(z.array(regionSchema)),
  },
  hosts: {
    update: base
      .input(
        z.strictObject({
          id: z.string(),
          publicAddress: publicAddressSchema.nullable().optional(),
          gamePorts: portRangeSchema.optional(),
          rconPorts: portRangeSchema.optional(),
        }),
      )
      .output(hostSchema),
  },
  settings: {
    get: base.input(none).output(settingsSchema),
    update: base.input(settingsUpdateSchema).output(settingsSchema),
  },
  activity: {
    list: base
      .input(
        z.strictObject({
          serverId: z.string().optional(),
          limit: z.number().int().min(1).max(500).default(100),
        }),
      )
      .output(z.array(activitySchema)),
  },
  clipboard: {
    /** Desktop only; a secret leaves the clipboard after 60 s. */
    write: base.input(z.strictObject({ text: z.string().max(4096), secret: z.boolean() })).output(z.void()),
  },
  events: {
    stream: base.input(none).output(eventIterator(eventSchema)),
  },
}

/** What the panel page of one server may ask, with that server's panel session and nothing else. */
export const panelContract = {
  server: base.input(none).output(panelServerSchema),
}
