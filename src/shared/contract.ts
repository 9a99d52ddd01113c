import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import {
  adoptionSchema,
  foundSchema,
  importFixSchema,
  importPlanSchema,
  importSourceSchema,
} from './adoption.ts'
import { binEntrySchema } from './bin.ts'
import { dataBackupSchema, dataComparisonSchema, dataStateSchema, exportPasswordSchema } from './data.ts'
import { driftKindSchema } from './drift.ts'
import { type ErrorCode, errorCatalogue, errorDataSchema } from './errors.ts'
import { memorySchema, nameSchema, serverUpdateSchema } from './fields.ts'
import { hostSchema, publicAddressSchema, regionSchema } from './hosts.ts'
import {
  activitySchema,
  appInfoSchema,
  createdServerSchema,
  createServerInputSchema,
  credentialsSchema,
  engineStatusSchema,
  eventSchema,
  panelServerSchema,
  serverSchema,
} from './model.ts'
import { portPoolSchema, portRangeSchema, purposeSchema } from './ports.ts'
import { settingsSchema, settingsUpdateSchema } from './settings.ts'
import { worldBackupSchema, worldCopySchema } from './worlds.ts'

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
    /** Graceful: the game saves first. Answers when it has stopped, or after 75 s, when Kill is offered. */
    stop: base.input(byId).output(serverSchema),
    /** Ends a game whose stop is overdue, without waiting for its save: what it did not write yet is lost. */
    kill: base.input(byId).output(serverSchema),
    /** Gives up what is under way, where that loses nothing: a launch, a backup, a copy. */
    cancel: base.input(byId).output(serverSchema),
    /** Puts away what is told of the last task that went wrong. */
    dismissTask: base.input(byId).output(serverSchema),
    /** After PORT_TAKEN: starts as soon as the holder lets go of the port. */
    waitForPort: base.input(byId).output(serverSchema),
    /** Takes another port of the pool, the next free one when none is given, and starts there. */
    changePort: base.input(byId.extend({ port: z.number().int().optional() })).output(serverSchema),
    /** Graceful stop, then start; puts changed memory into force. */
    restart: base.input(byId).output(serverSchema),
    /**
     * What runs keeps memory and variables until it is restarted. Another type or version is a task: the world is
     * copied and the copy verified first.
     */
    update: base.input(byId.extend(serverUpdateSchema.shape)).output(serverSchema),
    /** Mends one thing that was changed outside LightNode. */
    mend: base.input(byId.extend({ drift: driftKindSchema })).output(serverSchema),
    /** Earlier worlds of the server, newest first. */
    copies: base.input(byId).output(z.array(worldCopySchema)),
    /** Goes back to an earlier world; the present one becomes a copy. */
    revert: base.input(byId.extend({ volumeName: z.string() })).output(serverSchema),
    /** Deletes an earlier world for good. */
    removeCopy: base.input(byId.extend({ volumeName: z.string() })).output(z.void()),
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
  /** Worlds saved as files. */
  worlds: {
    /** Newest first. */
    list: base.input(z.strictObject({ serverId: z.string().optional() })).output(z.array(worldBackupSchema)),
    /** Begins a backup: the server's task. */
    backUp: base.input(byId).output(serverSchema),
    /** Reads the file again and compares. */
    verify: base.input(byId).output(worldBackupSchema),
    /** Into its own server: the task sets the present world aside first. */
    restore: base.input(byId.extend({ serverId: z.string() })).output(serverSchema),
    /** Into a new server, which is started with the world in it. */
    restoreAsNew: base
      .input(
        byId.extend({
          name: nameSchema,
          memory: memorySchema.optional(),
          acceptEula: z.boolean().default(false),
        }),
      )
      .output(createdServerSchema),
    /** Deletes the file. */
    remove: base.input(byId).output(z.void()),
    /** Desktop only: asks where to, and copies the file there. A browser gets it from the HTTP door. */
    saveAs: base.input(byId).output(z.object({ saved: z.boolean() })),
  },
  /** Containers and volumes that no server of ours stands for. */
  found: {
    list: base.input(none).output(foundSchema),
    /** What adopting it would write down. */
    preview: base.input(z.strictObject({ containerId: z.string() })).output(adoptionSchema),
    adopt: base
      .input(z.strictObject({ containerId: z.string(), name: nameSchema.optional() }))
      .output(serverSchema),
    /** A new record for a volume of ours that lost its own; Start makes its container. */
    adoptVolume: base
      .input(
        z.strictObject({
          volume: z.string(),
          name: nameSchema,
          memory: memorySchema,
          acceptEula: z.boolean().default(false),
        }),
      )
      .output(serverSchema),
    /** Deletes a volume of ours without a server. `confirm` is its name, typed by a person. */
    removeVolume: base.input(z.strictObject({ volume: z.string(), confirm: z.string() })).output(z.void()),
  },
  imports: {
    /** Reads the source and shows what would be written; writes nothing. */
    preview: base
      .input(z.strictObject({ source: importSourceSchema, fixes: z.array(importFixSchema).default([]) }))
      .output(importPlanSchema),
    /** All or nothing: refused while a conflict is left. */
    apply: base
      .input(z.strictObject({ source: importSourceSchema, fixes: z.array(importFixSchema).default([]) }))
      .output(z.array(serverSchema)),
  },
  /** LightNode's own database. */
  data: {
    state: base.input(none).output(dataStateSchema),
    /** Newest first. */
    backups: base.input(none).output(z.array(dataBackupSchema)),
    backUp: base.input(none).output(dataBackupSchema),
    /** What going back to it would change. */
    compare: base.input(z.strictObject({ name: z.string() })).output(dataComparisonSchema),
    /** Goes back to a copy; what is there is copied first. Then LightNode only looks until `confirm`. */
    restore: base.input(z.strictObject({ name: z.string() })).output(dataStateSchema),
    /** Ends the looking: LightNode acts again. */
    confirm: base.input(none).output(dataStateSchema),
    /** Database and key in one file, sealed by a password: of use on another machine. Answers where it is. */
    export: base
      .input(z.strictObject({ password: exportPasswordSchema }))
      .output(z.object({ file: z.string() })),
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
