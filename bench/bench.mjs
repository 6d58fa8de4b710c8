// npm run bench [-- --quick] [--json]: builds the benchmarks and what they measure from the sources, then runs them.
// Installs nothing: where fio or QEMU is absent that column stays empty and says so.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const ROOT = path.resolve(import.meta.dirname, '..')
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-bench-'))
process.on('exit', () => fs.rmSync(out, { recursive: true, force: true }))

await build({
  configFile: false,
  logLevel: 'error',
  publicDir: false,
  root: ROOT,
  ssr: { noExternal: true, external: ['@playwright/test', 'electron'] },
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: out,
    minify: false,
    rolldownOptions: {
      input: {
        bench: path.join(ROOT, 'bench/bench.ts'),
        iothread: path.join(ROOT, 'main/iothread/iothread.ts'),
        cli: path.join(ROOT, 'app/cli.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
})
fs.writeFileSync(path.join(out, 'package.json'), '{"type":"module"}')
fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(out, 'node_modules'))
const { bench } = await import(pathToFileURL(path.join(out, 'bench.js')).href)
process.exitCode = await bench(process.argv.slice(2), { root: ROOT, out: pathToFileURL(`${out}/`) })
