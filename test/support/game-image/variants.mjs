// Misbehaviour on request, for tests.
import { readFileSync } from 'node:fs'

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Takes memory, touching every page, until the kernel ends it; never without a limit: the machine is shared. */
export function eatMemory(log) {
  const limit = memoryLimit()
  if (limit === null) {
    log('The container has no memory limit: nothing is eaten')
    process.exit(1)
  }
  log(`Eating memory up to the limit of ${Math.round(limit / 1024 / 1024)} MB`)
  const eaten = []
  for (;;) eaten.push(Buffer.alloc(32 * 1024 * 1024, eaten.length + 1))
}

function memoryLimit() {
  for (const path of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    try {
      const bytes = Number(readFileSync(path, 'utf8'))
      // No limit is "max" in cgroup v2 and a huge number in v1.
      if (bytes > 0 && bytes < 2 ** 50) return bytes
    } catch {
      // The other version's file.
    }
  }
  return null
}
