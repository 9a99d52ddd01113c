import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

// An export: the magic line, the header's length (4 bytes, big-endian), the header (JSON), then the sealed content
// with its tag at the end. docs/operations.md describes it for whoever has to open one without LightNode.

const MAGIC = Buffer.from('LightNode export\n', 'latin1')
const FORMAT = 1
/** AES-256 and GCM's recommended nonce and full tag (NIST SP 800-38D). */
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const SALT_BYTES = 16
/** OWASP's strongest setting for scrypt: 128 MB and about half a second for each guess. */
const COST = { N: 2 ** 17, r: 8, p: 1 }
/** Room for the cost above, or a later one of four times as much; a made-up header can't ask for more. */
const MOST_MEMORY = 1024 * 1024 * 1024
const LONGEST_HEADER = 4096

const base64 = (bytes: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((buffer) => buffer.length === bytes)

const headerSchema = z.object({
  format: z.literal(FORMAT),
  scrypt: z.object({
    N: z
      .number()
      .int()
      .min(2 ** 14)
      .max(2 ** 20),
    r: z.number().int().min(1).max(16),
    p: z.number().int().min(1).max(4),
    salt: base64(SALT_BYTES),
  }),
  nonce: base64(NONCE_BYTES),
})

/** Whether a file begins as an export does. */
export function isExport(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).equals(MAGIC)
}

/** Seals a content with a password; what stands before it is bound to it. */
export async function sealExport(content: Buffer, password: string): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES)
  const nonce = randomBytes(NONCE_BYTES)
  const header = Buffer.from(
    JSON.stringify({
      format: FORMAT,
      scrypt: { ...COST, salt: salt.toString('base64') },
      nonce: nonce.toString('base64'),
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32BE(header.length)
  const head = Buffer.concat([MAGIC, length, header])
  const key = await deriveKey(password, { ...COST, salt })
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(head)
  return Buffer.concat([head, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

/** @returns null when the password is wrong or anything of the file is damaged: nobody can tell which */
export async function openExport(file: Buffer, password: string): Promise<Buffer | null> {
  const parts = readParts(file)
  if (!parts) return null
  const { head, header, body, tag } = parts
  try {
    const key = await deriveKey(password, header.scrypt)
    const decipher = createDecipheriv('aes-256-gcm', key, header.nonce, { authTagLength: TAG_BYTES })
      .setAAD(head)
      .setAuthTag(tag)
    return Buffer.concat([decipher.update(body), decipher.final()])
  } catch {
    return null
  }
}

function readParts(file: Buffer) {
  const start = MAGIC.length + 4
  if (!isExport(file) || file.length < start) return null
  const length = file.readUInt32BE(MAGIC.length)
  if (length > LONGEST_HEADER || file.length < start + length + TAG_BYTES) return null
  const header = headerSchema.safeParse(parseJson(file.subarray(start, start + length).toString('utf8')))
  if (!header.success) return null
  return {
    head: file.subarray(0, start + length),
    header: header.data,
    body: file.subarray(start + length, file.length - TAG_BYTES),
    tag: file.subarray(file.length - TAG_BYTES),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function deriveKey(
  password: string,
  { N, r, p, salt }: { N: number; r: number; p: number; salt: Buffer },
): Promise<Buffer> {
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt)
  // The same password typed on another system may be put together of other code points.
  return derive(password.normalize('NFC'), salt, KEY_BYTES, { N, r, p, maxmem: MOST_MEMORY })
}
