import { packageFile, pinnedNode, root } from './paths.mjs'
import { runApplication, runStep } from './run.mjs'

const STREAMED = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }

/** Runs an installed package's program on the pinned Node, its output shown as it comes. */
export function runTool(name, bin, args, { wrap = [], env } = {}) {
  const [command, ...rest] = [...wrap, pinnedNode(), packageFile(name, ...bin.split('/')), ...args]
  return runApplication(command, rest, { ...STREAMED, env: { ...process.env, ...env } })
}

/** Runs a TypeScript file of ours on the pinned Node, which strips the types itself. */
export function runScript(file, args) {
  return runApplication(pinnedNode(), [file, ...args], STREAMED)
}

/** Biome, the import rule and knip. @returns {Promise<boolean>} whether all three are content */
export async function lint() {
  const biome = await runTool('@biomejs/biome', 'bin/biome', ['check', '.'])
  const rule = await importRule()
  const knip = await runTool('knip', 'bin/knip.js', [])
  return biome === 0 && rule && knip === 0
}

/** A dependency-cruiser that reads nothing is content with everything: it has to name some modules, too. */
async function importRule() {
  const script = packageFile('dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
  const args = [script, 'src', '--config', '.dependency-cruiser.cjs']
  const { code, output } = await runStep(pinnedNode(), args, { cwd: root })
  process.stdout.write(output)
  const modules = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0)
  if (code === 0 && modules === 0) process.stdout.write('The import rule read no module at all.\n')
  return code === 0 && modules > 0
}

export async function typecheck() {
  return (await runTool('typescript', 'bin/tsc', ['--noEmit'])) === 0
}
