// Builds a benchmark, and the entries that it measures, from the sources into a temporary folder, and runs it in a process
// of its own: the build's memory and threads must not be measured too.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const ROOT = path.resolve(import.meta.dirname, '..')

/** Calls the function `name` of `entry` with the arguments of this process, in a Node with `nodeFlags`; resolves to its exit code. */
export async function runBuilt(entry, name, nodeFlags = []) {
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
          main: path.join(ROOT, entry),
          iothread: path.join(ROOT, 'main/iothread/iothread.ts'),
          'part-worker': path.join(ROOT, 'main/predict/part-worker.ts'),
          bare: path.join(ROOT, 'bench/bare-worker.ts'),
          cli: path.join(ROOT, 'app/cli.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  })
  fs.writeFileSync(path.join(out, 'package.json'), '{"type":"module"}')
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(out, 'node_modules'))
  const place = JSON.stringify({ root: ROOT, out: pathToFileURL(`${out}/`).href })
  const runner = path.join(out, 'run.js')
  fs.writeFileSync(
    runner,
    `import { ${name} } from './main.js'\nconst { root, out } = ${place}\nprocess.exitCode = await ${name}(process.argv.slice(2), { root, out: new URL(out) })\n`,
  )
  const child = spawn(process.execPath, [...nodeFlags, runner, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  const [code] = await once(child, 'close')
  return code ?? 1
}
