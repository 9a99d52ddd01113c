import { execFile } from 'node:child_process'
import { readFile, realpath } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'

/** Programs that the image holds, taken from this machine with the libraries they load. */
const programs = ['sh', 'sleep', 'cat', 'stat']

/** Why the image can't be made here; null where it can. */
export const tinyImageUnavailable =
  process.platform === 'linux' ? null : 'the tiny image is made of Linux programs of this machine'

/**
 * Makes an image of a shell and little else, without any download. Its command is the environment variable
 * LNT_COMMAND, read by the shell.
 */
export async function makeTinyImage(docker: Docker, reference: string): Promise<void> {
  const [repo, tag] = reference.split(':')
  const changes = ['CMD ["/bin/sh", "-c", "eval \\"$LNT_COMMAND\\""]', 'ENV PATH=/bin']
  const options = { repo, tag: tag ?? 'latest', changes }
  const stream = await docker.importImage((await tinyRoot()) as unknown as NodeJS.ReadableStream, options)
  await buffer(stream as AsyncIterable<Buffer>)
  await docker.getImage(reference).inspect()
}

/** The image's root file system as a tar archive. */
async function tinyRoot(): Promise<Buffer> {
  const archive = pack()
  const mtime = new Date(0)
  for (const name of ['bin/', 'data/', 'tmp/', 'etc/']) {
    const mode = name === 'tmp/' ? 0o1777 : 0o755
    archive.entry({ name, type: 'directory', mode, mtime })
  }
  archive.entry({ name: 'etc/passwd', mtime }, 'root:x:0:0::/:/bin/sh\nplayer:x:1000:1000::/:/bin/sh\n')
  const libraries = new Set<string>()
  for (const program of programs) {
    const path = await realpath(`/bin/${program}`)
    archive.entry({ name: `bin/${program}`, mode: 0o755, mtime }, await readFile(path))
    for (const library of await librariesOf(path)) libraries.add(library)
  }
  for (const library of libraries) {
    archive.entry({ name: library.slice(1), mode: 0o755, mtime }, await readFile(library))
  }
  archive.finalize()
  return buffer(archive)
}

async function librariesOf(path: string): Promise<string[]> {
  // ldd fails for a program that loads none.
  const { stdout } = await promisify(execFile)('ldd', [path]).catch(() => ({ stdout: '' }))
  return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, library]) => library as string)
}
