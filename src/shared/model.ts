import { z } from 'zod'
import { driftSchema } from './drift.ts'
import { errorCodeSchema } from './errors.ts'
import {
  diskSchema,
  memorySchema,
  nameSchema,
  serverTypeSchema,
  typeSchema,
  variablesSchema,
  versionSchema,
} from './fields.ts'
import { taskSchema } from './tasks.ts'
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

/** What Create sends. Memory and disk in GB (1 GB = 1024 MB). */
export const createServerInputSchema = z.strictObject({
  name: nameSchema,
  memory: memorySchema,
  diskSpace: diskSchema,
  type: typeSchema.default('VANILLA'),
  version: versionSchema.default('LATEST'),
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
  /** Extra variables of the game. */
  environment: variablesSchema,
  /** Players' address of this server alone; null where the host's is used. */
  ownAddress: z.string().nullable(),
  /** Its container was made by hand or by compose: held by its id, with the mount that was found. */
  adopted: z.boolean(),
  /** False where commands go through the container alone. */
  rconPublished: z.boolean(),
  /** The compose project that manages its container. */
  composeProject: z.string().nullable(),
  /** It has no world yet: Start makes a new one. */
  newWorld: z.boolean(),
  /** What was changed outside LightNode. */
  drift: z.array(driftSchema),
  /** What is being done to it, or went wrong the last time. */
  task: taskSchema.nullable(),
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
  /** World backups or copies, containers found, or LightNode's own data: ask again. */
  z.object({ type: z.literal('worlds') }),
  z.object({ type: z.literal('found') }),
  z.object({ type: z.literal('data') }),
  z.object({ type: z.literal('ports'), hostId: z.string() }),
  z.object({ type: z.literal('engine'), engine: engineStatusSchema }),
  z.object({ type: z.literal('activity'), activity: activitySchema }),
  z.object({ type: z.literal('settings') }),
])
export type LightNodeEvent = z.infer<typeof eventSchema>
