import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// Loaded from node_modules while running: native parts, or worker threads that need their own files.
const external = ['electron', 'better-sqlite3', 'dockerode', 'pino']

export default defineConfig({
  main: {
    build: {
      target: 'node18',
      externalizeDeps: false,
      rolldownOptions: {
        external,
        input: {
          index: resolve('src/main/index.ts'),
          browser: resolve('src/main/browser.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      target: 'node18',
      externalizeDeps: false,
      rolldownOptions: {
        external: ['electron'],
        input: { index: resolve('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve('src/renderer'),
    // Both doors serve the files from the root of an origin of their own.
    base: '/',
    html: { cspNonce: '__CSP_NONCE__' },
    plugins: [react()],
    build: {
      target: 'chrome114',
      minify: true,
      rolldownOptions: {
        input: {
          index: resolve('src/renderer/index.html'),
          panel: resolve('src/renderer/panel.html'),
        },
      },
    },
  },
})
