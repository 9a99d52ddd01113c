/**
 * Who may know whom (docs/architecture.md). Each rule names what is forbidden; a wrong import fails the lint.
 * The parser is swc: TypeScript 7 has no interface that dependency-cruiser can read.
 */
const npm = (names) => `(^|/)node_modules/(${names})(/|$)`

// Rooms that make up the core: what LightNode does, whoever asks.
const CORE = '^src/main/(provisioning|servers|worlds|adoption|data|game|observe)/'
const NODE_HTTP = '^(node:)?https?2?$'
const INTERFACE = '@?react.*|@mantine|zustand|wouter|@tabler'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two modules that need each other are one module, or need a third.',
      severity: 'error',
      from: {},
      // Types alone make no circle at run time.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'shared-knows-only-zod-and-the-contract',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { pathNot: ['^src/shared/', npm('zod|@orpc/(contract|shared)')] },
    },
    {
      name: 'core-knows-no-door-and-no-window',
      comment: 'The core emits events; it never calls a door and sees no Electron, React or HTTP.',
      severity: 'error',
      from: { path: CORE },
      to: {
        path: [
          '^src/main/(doors|desktop)/',
          '^src/main/[^/]+\\.ts$',
          '^src/(renderer|preload)/',
          npm(`electron|@orpc/server|helmet|${INTERFACE}`),
          '^electron$',
          NODE_HTTP,
        ],
      },
    },
    {
      name: 'lower-rooms-know-no-higher-ones',
      comment: 'Database, secrets and engine are handed to the others and know none of them.',
      severity: 'error',
      from: { path: '^src/main/(database|secrets|engine)/' },
      to: {
        path: [
          '^src/main/(doors|desktop|provisioning|servers|worlds|adoption|data|game)/',
          '^src/main/[^/]+\\.ts$',
          '^src/(renderer|preload)/',
        ],
      },
    },
    {
      name: 'only-engine-knows-dockerode',
      severity: 'error',
      from: { pathNot: '^src/main/engine/' },
      to: { path: npm('@types/dockerode|dockerode|docker-modem') },
    },
    {
      name: 'only-database-knows-better-sqlite3',
      severity: 'error',
      from: { pathNot: '^src/main/database/' },
      to: { path: npm('@types/better-sqlite3|better-sqlite3') },
    },
    {
      name: 'only-desktop-knows-electron',
      comment: 'The desktop room, its entry, and the preload script.',
      severity: 'error',
      from: { pathNot: '^src/(main/desktop/|main/index\\.ts$|preload/)' },
      to: { path: [npm('electron'), '^electron$'] },
    },
    {
      name: 'doors-are-called-by-the-entries-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/(doors/|desktop/|[^/]+\\.ts$)' },
      to: { path: '^src/main/doors/' },
    },
    {
      name: 'only-entries-know-the-app',
      comment: 'app.ts puts everything together; no room asks it for parts.',
      severity: 'error',
      from: { path: '^src/main/[^/]+/' },
      to: { path: '^src/main/app\\.ts$' },
    },
    {
      name: 'renderer-knows-shared-and-itself',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: {
        path: ['^src/(main|preload)/', npm('@orpc/server'), '^node:'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'renderer-sees-no-node',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'preload-only-forwards',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { pathNot: ['^src/(preload|shared)/', npm('electron'), '^electron$'] },
    },
    {
      name: 'main-never-knows-the-interface',
      severity: 'error',
      from: { path: '^src/main/' },
      to: { path: ['^src/(renderer|preload)/', npm(INTERFACE)] },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // A type that comes from the wrong room is a wrong import, too.
    tsPreCompilationDeps: true,
    builtInModules: { add: ['electron'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
