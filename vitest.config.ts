import { defineConfig } from 'vitest/config'

const group = (name: string, timeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.{ts,mjs}`],
    testTimeout: timeout,
    hookTimeout: timeout,
    // Real engines, ports and windows are shared: one file at a time, but for the unit tests.
    fileParallelism: name === 'unit',
    ...(name !== 'unit' && { globalSetup: 'test/support/clear-leftovers.ts' }),
    benchmark: { include: [] },
  },
})

export default defineConfig({
  test: {
    projects: [
      group('unit', 30_000),
      group('integration', 240_000),
      group('e2e', 300_000),
      {
        extends: true,
        test: { name: 'bench', include: [], benchmark: { include: ['test/bench/*.bench.ts'] } },
      },
    ],
  },
})
