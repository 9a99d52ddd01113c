import { z } from 'zod'
import { errorCodeSchema } from './errors.ts'
import { time } from './time.ts'

const serverStatusSchema = z.enum(['provisioning', 'waiting', 'starting', 'online', 'stopped', 'failed'])
export type ServerStatus = z.infer<typeof serverStatusSchema>

/** The words a person reads for each status. */
export const statusTexts: Record<ServerStatus, string> = {
  provisioning: 'Provisioning',
  waiting: 'Waiting for Docker',
  starting: 'Starting',
  online: 'Online',
  stopped: 'Stopped',
  failed: 'Failed',
}

/** The server types LightNode offers; the game image knows more (its TYPE variable). */
export const serverTypes = [
  'VANILLA',
  'PAPER',
  'PURPUR',
  'FOLIA',
  'FABRIC',
  'QUILT',
  'FORGE',
  'NEOFORGE',
] as const
const serverTypeSchema = z.enum(serverTypes)
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

const diskSchema = z
  .number({ error: 'Disk space is a number of GB.' })
  .min(diskLimits.min, `At least ${diskLimits.min} GB.`)
  .max(diskLimits.max, `At most ${diskLimits.max} GB.`)

/** What Create sends. Memory and disk in GB (1 GB = 1024 MB). */
export const createServerInputSchema = z.strictObject({
  name: nameSchema,
  memory: memorySchema,
  diskSpace: diskSchema,
  type: z.enum(serverTypes, { error: `One of ${serverTypes.join(', ')}.` }).default('VANILLA'),
  version: z
    .string({ error: 'LATEST, SNAPSHOT or a version such as 1.20.4.' })
    .trim()
    .regex(versionPattern, 'LATEST, SNAPSHOT or a version such as 1.20.4.')
    .default('LATEST'),
  /** Left out: any enabled region. */
  region: z.string({ error: 'Choose a region.' }).min(1, 'Choose a region.').optional(),
  acceptEula: z.boolean({ error: 'Say true to accept the Minecraft EULA.' }).default(false),
})
export type CreateServerInput = z.infer<typeof createServerInputSchema>

/** What went wrong with a server or a run, told to the user. */
const problemSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  remedy: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

export const stepNames = ['reserve', 'image', 'container', 'start', 'verify'] as const
const stepNameSchema = z.enum(stepNames)
export type StepName = z.infer<typeof stepNameSchema>

const layerSchema = z.object({
  id: z.string(),
  status: z.string(),
  current: z.number(),
  total: z.number(),
})

/** How far a pull is, in bytes; `total` grows while the engine learns of layers. */
const progressSchema = z.object({
  current: z.number(),
  total: z.number(),
  layers: z.array(layerSchema),
})
export type Progress = z.infer<typeof progressSchema>

const stepStateSchema = z.enum(['pending', 'running', 'waiting', 'done', 'failed'])
export type StepState = z.infer<typeof stepStateSchema>

const stepSchema = z.object({
  name: stepNameSchema,
  state: stepStateSchema,
  /** What it is doing, or what it is waiting for, in a sentence. */
  detail: z.string().nullable(),
  progress: progressSchema.nullable(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
})
export type Step = z.infer<typeof stepSchema>

const runStateSchema = z.enum(['running', 'waiting', 'succeeded', 'failed', 'cancelled'])
export type RunState = z.infer<typeof runStateSchema>

/** One attempt to bring a server Online. */
const runSchema = z.object({
  id: z.string(),
  serverId: z.string(),
  state: runStateSchema,
  steps: z.array(stepSchema),
  startedAt: time,
  endedAt: time.nullable(),
  problem: problemSchema.nullable(),
})
export type Run = z.infer<typeof runSchema>

/** A server as lists and events show it: no secret has a field here. */
export const serverSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: serverStatusSchema,
  type: serverTypeSchema,
  /** As asked for. */
  version: z.string(),
  /** What LATEST or SNAPSHOT came to; null until it is known. */
  resolvedVersion: z.string().nullable(),
  memory: z.number(),
  diskSpace: z.number(),
  region: z.string(),
  host: z.string(),
  port: z.number().int(),
  rconPort: z.number().int(),
  /** What players type before the port: the host's public address when it has one. */
  ipAddress: z.string(),
  /** False until the first Online: the port may still change. */
  addressFinal: z.boolean(),
  containerName: z.string(),
  volumeName: z.string(),
  createdAt: time,
  /** The running container is not made of what is asked for: a restart puts that right. */
  restartNeeded: z.boolean(),
  problem: problemSchema.nullable(),
  /** The newest run. */
  run: runSchema.nullable(),
})
export type Server = z.infer<typeof serverSchema>

const panelCredentialsSchema = z.object({
  username: z.string(),
  password: z.string(),
  /** The login page of this server alone; null while no HTTP door is open. */
  url: z.string().nullable(),
})
export type PanelCredentials = z.infer<typeof panelCredentialsSchema>

/** The secrets of one server; the answer of Create and of a reveal, and of nothing else. */
export const credentialsSchema = z.object({
  ipAddress: z.string(),
  port: z.number().int(),
  addressFinal: z.boolean(),
  rconPort: z.number().int(),
  rconPassword: z.string(),
  panel: panelCredentialsSchema,
})
export type Credentials = z.infer<typeof credentialsSchema>

/** The answer of Create. */
export const createdServerSchema = credentialsSchema.extend({
  id: z.string(),
  name: z.string(),
  status: serverStatusSchema,
})
export type CreatedServer = z.infer<typeof createdServerSchema>

export const engineStatusSchema = z.object({
  state: z.enum(['searching', 'available', 'missing', 'denied', 'remote', 'mismatch']),
  /** Where it was found: a socket, pipe or URL. */
  endpoint: z.string().nullable(),
  /** Why that one: "DOCKER_HOST", "docker context desktop-linux", "Docker Engine socket" … */
  source: z.string().nullable(),
  id: z.string().nullable(),
  name: z.string().nullable(),
  version: z.string().nullable(),
  operatingSystem: z.string().nullable(),
  memoryTotal: z.number().nullable(),
  /** GB that a new server may take, overhead already taken off; null while unknown. */
  memoryFree: z.number().nullable(),
  /** GB free where the engine keeps its volumes; null where it can't be known (a virtual machine). */
  diskFree: z.number().nullable(),
  /** With `mismatch`: the engine that host `local` is bound to. */
  bound: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Null while all is well. */
  problem: problemSchema.nullable(),
  /** What was tried and what each answered, for the page that explains. */
  tried: z.array(z.object({ source: z.string(), endpoint: z.string(), outcome: z.string() })),
})
export type EngineStatus = z.infer<typeof engineStatusSchema>

export const activitySchema = z.object({
  id: z.number().int(),
  at: time,
  /** Who: `desktop`, `browser`, `panel` or `lightnode` itself. */
  actor: z.string(),
  /** What, as a word: `server.created`, `server.online`, `port.blocked` … */
  action: z.string(),
  serverId: z.string().nullable(),
  serverName: z.string().nullable(),
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
})
export type Activity = z.infer<typeof activitySchema>

export const appInfoSchema = z.object({
  version: z.string(),
  mode: z.enum(['desktop', 'browser']),
  /** Node's name of the operating system: linux, darwin, win32. */
  platform: z.string(),
  dataDir: z.string(),
  installationId: z.string(),
  /** True in the desktop, where a copied secret leaves the clipboard after 60 s. */
  clipboardClears: z.boolean(),
  /** Set in the demonstration: what differs from the real thing. */
  demo: z.boolean(),
})
export type AppInfo = z.infer<typeof appInfoSchema>

/** What the panel page of one server shows. */
export const panelServerSchema = serverSchema.pick({
  name: true,
  status: true,
  type: true,
  version: true,
  resolvedVersion: true,
  memory: true,
  ipAddress: true,
  port: true,
  addressFinal: true,
})
export type PanelServer = z.infer<typeof panelServerSchema>

/** What the event stream carries; each holds the whole new value, so a lost one costs nothing. */
export const eventSchema = z.discriminatedUnion('type', [
  /** The first event of every stream. */
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('server'), server: serverSchema }),
  /** It went to the bin, or out of it for good. */
  z.object({ type: z.literal('removed'), serverId: z.string() }),
  z.object({ type: z.literal('bin') }),
  z.object({ type: z.literal('ports'), hostId: z.string() }),
  z.object({ type: z.literal('engine'), engine: engineStatusSchema }),
  z.object({ type: z.literal('activity'), activity: activitySchema }),
  z.object({ type: z.literal('settings') }),
])
export type LightNodeEvent = z.infer<typeof eventSchema>
