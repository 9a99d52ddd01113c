import { mkdtemp, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Builds a program out of TypeScript that a plain Node can't run (the migrations are found by `import.meta.glob`).
 *
 * @param entry from the project's folder
 * @returns the program, in a folder of its own that the caller removes
 */
export async function bundle(entry: string): Promise<{ folder: string; program: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'lightnode-bundle-'))
  // The packages stay what they are: natives among them.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await build({
    ...{ root, configFile: false, logLevel: 'warn', publicDir: false },
    build: {
      ...{ ssr: entry, outDir: join(folder, 'out'), target: 'node24', minify: false, emptyOutDir: true },
      rollupOptions: { output: { entryFileNames: 'program.mjs', format: 'es' } },
    },
  })
  return { folder, program: join(folder, 'out', 'program.mjs') }
}
