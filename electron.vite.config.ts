import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// Three builds into out/: the main process with the command line and the workers, the preload, the window.
// Targets are set by hand because the tests run on an older Electron than the one declared: electron-vite would derive
// the newer one's.

const NODE_TARGET = 'node20.18'
const CHROME_TARGET = 'chrome130'

/** Beside each part, the licences of what is built into it: the About dialog shows them. */
const LICENCES = { fileName: 'licences.md' }

const at = (path: string) => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      // Everything is bundled: the package ships no node_modules.
      externalizeDeps: false,
      target: NODE_TARGET,
      outDir: at('out/app'),
      license: LICENCES,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: at('app/main.ts'),
          cli: at('app/cli.ts'),
          iothread: at('main/iothread/iothread.ts'),
          'part-worker': at('main/predict/part-worker.ts'),
          'predict-worker': at('app/predict-worker.ts'),
          'choose-worker': at('app/choose-worker.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      target: NODE_TARGET,
      outDir: at('out/preload'),
      license: LICENCES,
      sourcemap: false,
      // A sandboxed preload is CommonJS and can require nothing but electron.
      rolldownOptions: {
        input: { preload: at('app/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react()],
    build: {
      target: CHROME_TARGET,
      outDir: at('out/renderer'),
      license: LICENCES,
      // What the first picture needs is read and compiled before there is one.
      minify: true,
      // One sheet: rules keep their order, whichever piece of the window comes first.
      cssCodeSplit: false,
      // Its polyfill fetches, which the policy forbids and no Chromium of ours needs.
      modulePreload: { polyfill: false },
      // Inline data: URLs would need exceptions in the CSP.
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: at('renderer/index.html') } },
    },
  },
})
