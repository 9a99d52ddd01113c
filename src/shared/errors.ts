import { z } from 'zod'

/**
 * Every error that LightNode foresees: its HTTP status, what it means, and what the user can do about it.
 * `docs/operations.md` lists the same codes; a test holds the two together.
 */
export const errorCatalogue = {
  INVALID_INPUT: {
    status: 400,
    message: 'Some fields are not right.',
    remedy: 'Correct the fields that are named and try again.',
  },
  EULA_REQUIRED: {
    status: 400,
    message: 'The Minecraft EULA has not been accepted.',
    remedy: 'Read https://aka.ms/MinecraftEULA and accept it to create the server.',
  },
  UNAUTHORIZED: {
    status: 401,
    message: 'You are not signed in.',
    remedy: 'Sign in again with a fresh link from the terminal or with the panel credentials.',
  },
  FORBIDDEN: {
    status: 403,
    message: 'This request is not allowed from here.',
    remedy: 'Open LightNode at the address that it printed at its start.',
  },
  NOT_FOUND: {
    status: 404,
    message: 'There is nothing here by that id.',
    remedy: 'Go back to the list: it may have been removed.',
  },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    message: 'Too many attempts to sign in.',
    remedy: 'Wait a minute and try again.',
  },
  UNSUPPORTED_HERE: {
    status: 400,
    message: 'This works in the desktop application only.',
    remedy: 'Use the desktop window for it.',
  },
  NAME_TAKEN: {
    status: 409,
    message: 'Another server has this name.',
    remedy: 'Choose another name; upper and lower case count as the same.',
  },
  POOL_EXHAUSTED: {
    status: 409,
    message: 'Every port of the pool is in use.',
    remedy: 'Free a port that something else holds, or widen the range in Settings, then try again.',
  },
  PORT_TAKEN: {
    status: 409,
    message: "The server's port is held by something else.",
    remedy: 'Wait until the holder lets go of it, or change the port of the server.',
  },
  MEMORY_EXCEEDED: {
    status: 409,
    message: 'The engine does not have that much memory left.',
    remedy: 'Choose less memory; what other servers were promised counts while they are stopped, too.',
  },
  DISK_EXCEEDED: {
    status: 409,
    message: 'The engine does not have that much disk space left.',
    remedy: 'Choose less disk space, or free some on this host.',
  },
  NO_REGION: {
    status: 409,
    message: 'No enabled region has a host with an address.',
    remedy: 'Enable a region in Settings and give its host an address that players can use.',
  },
  BUSY: {
    status: 409,
    message: 'Something else is being done to this server.',
    remedy: 'Wait until it is done and try again.',
  },
  CANCELLED: {
    status: 409,
    message: 'It was given up before it was done.',
    remedy: 'Nothing was changed; begin again when you like.',
  },
  LOOK_ONLY: {
    status: 409,
    message: 'The database was restored from a copy, so LightNode only looks and changes nothing yet.',
    remedy: 'Look at your servers, then confirm the restored data.',
  },
  BACKUP_FAILED: {
    status: 502,
    message: 'The world could not be copied.',
    remedy: 'The world itself is untouched. Mend what the message names and try again.',
  },
  BACKUP_DAMAGED: {
    status: 409,
    message: 'The backup does not read back as it was written.',
    remedy: 'Nothing was changed; choose another backup.',
  },
  NOT_ADOPTABLE: {
    status: 409,
    message: 'This container cannot be adopted.',
    remedy: 'The message says why; it is left as it is.',
  },
  ENGINE_UNREACHABLE: {
    status: 503,
    message: 'No Docker engine answers.',
    remedy: 'Start Docker; LightNode goes on by itself when it answers.',
  },
  ENGINE_DENIED: {
    status: 503,
    message: 'The Docker engine refuses this user.',
    remedy: 'Add your user to the docker group and sign in again, or use rootless Docker.',
  },
  ENGINE_MISMATCH: {
    status: 409,
    message: 'Another Docker engine answers than the one that holds your servers.',
    remedy: 'Start the engine that LightNode knows, or bind the new one in Settings.',
  },
  ENGINE_REFUSED: {
    status: 502,
    message: 'The Docker engine refused a step.',
    remedy: "Read the engine's own words beside this message, mend that and press Retry.",
  },
  REMOTE_ENGINE: {
    status: 400,
    message: 'DOCKER_HOST or the docker context names an engine on another machine.',
    remedy: 'Choose a local engine (docker context use default); remote hosts are not supported yet.',
  },
  IMAGE_MISSING: {
    status: 502,
    message: 'The game image could not be pulled.',
    remedy: 'Check the network and the image in Settings, then press Retry.',
  },
  EULA_REFUSED: {
    status: 502,
    message: 'The game stopped because its EULA was not accepted.',
    remedy: 'Accept the EULA for this server and press Retry.',
  },
  OUT_OF_MEMORY: {
    status: 502,
    message: 'The game was killed because it needed more memory than its limit.',
    remedy: 'Give the server more memory (Edit) and press Retry.',
  },
  EXITED_EARLY: {
    status: 502,
    message: 'The game stopped before it was ready.',
    remedy: 'Its last log lines say why; mend that and press Retry.',
  },
  NOT_READY: {
    status: 504,
    message: 'The game did not answer in time.',
    remedy: 'Look at its last log lines. A slow machine may need another try: press Retry.',
  },
  VOLUME_MISSING: {
    status: 409,
    message: "The server's world volume is gone.",
    remedy: 'Bring the volume back under its old name; LightNode never makes an empty world in its place.',
  },
  KEY_UNAVAILABLE: {
    status: 500,
    message: 'The key that opens the stored passwords cannot be read.',
    remedy: 'Bring back the key file of this data folder, or open it where the system keyring holds the key.',
  },
  STORAGE_FAILED: {
    status: 507,
    message: 'LightNode cannot write to its data folder.',
    remedy:
      'Free space on the disk of the data folder, or make it writable. A running LightNode then goes on.',
  },
  DATABASE_DAMAGED: {
    status: 500,
    message: 'The database of this data folder cannot be read.',
    remedy: 'Restore the newest copy from the backups folder; the damaged file is left as it is.',
  },
  DATABASE_NEWER: {
    status: 500,
    message: 'This data folder was written by a newer LightNode.',
    remedy: 'Open it with that version or a later one.',
  },
  INTERNAL: {
    status: 500,
    message: 'Something went wrong that LightNode did not foresee.',
    remedy: 'Report it with the id beside this message.',
  },
} as const satisfies Record<string, { status: number; message: string; remedy: string }>

export type ErrorCode = keyof typeof errorCatalogue

/** The codes as a schema, in the catalogue's order. */
export const errorCodeSchema = z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]])

/** One wrong field and what would be right. */
const fieldErrorSchema = z.object({ field: z.string(), message: z.string() })
export type FieldError = z.infer<typeof fieldErrorSchema>

/** What every error carries beside its code and message. */
export const errorDataSchema = z.object({
  remedy: z.string(),
  /** Only with INVALID_INPUT. */
  fields: z.array(fieldErrorSchema).optional(),
  /** Only with INTERNAL: the id under which the log has the cause. */
  reference: z.string().optional(),
})
export type ErrorData = z.infer<typeof errorDataSchema>

/** An error that LightNode foresees. `message` never holds a secret. */
export class LightNodeError extends Error {
  override readonly name = 'LightNodeError'
  readonly status: number
  readonly data: ErrorData

  /**
   * @param code one of the catalogue's codes
   * @param message what happened here; the catalogue's sentence when left out
   * @param data overrides of the remedy, or the wrong fields
   */
  constructor(
    readonly code: ErrorCode,
    message?: string,
    data: Partial<ErrorData> = {},
    options?: ErrorOptions,
  ) {
    const entry = errorCatalogue[code]
    super(message ?? entry.message, options)
    this.status = entry.status
    this.data = { remedy: entry.remedy, ...data }
  }
}

/** Names wrong fields: the one way to say INVALID_INPUT. */
export function invalidInput(fields: FieldError[]): LightNodeError {
  const names = fields.map(({ field, message }) => `${field}: ${message}`).join(' ')
  return new LightNodeError('INVALID_INPUT', names || undefined, { fields })
}
