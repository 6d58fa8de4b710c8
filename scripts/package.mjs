// npm run package [-- --dir | TARGET…]: packages of Weir in release/, without further downloads where possible. On the
// fallback runtime the packages are test builds, and say so in their version and in About.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { installFallback, installOfficial, installRuntime } from './setup/electron-runtime.mjs'
import { NODE_MODULES, ROOT } from './setup/paths.mjs'
import { runScript, setUp } from './setup.mjs'

/** Targets that need nothing from the network; the others are configured for machines that reach what they need. */
const LINUX_TARGETS = ['tar.gz', 'zip', 'deb']
const BUILDER = path.join(NODE_MODULES, 'electron-builder/cli.js')

/** A package for users wants the official runtime: asks for it again where the fallback stands in. */
async function bestRuntime(current, say) {
  if (current.kind === 'official') return current
  if ((await installOfficial()) !== null) await installFallback(say)
  return installRuntime(say)
}

function builderArguments(asked, { version, kind }) {
  const dist = fs.realpathSync(path.join(NODE_MODULES, 'electron/dist'))
  const own = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version
  const targets = asked.length > 0 ? asked : process.platform === 'linux' ? ['--linux', ...LINUX_TARGETS] : []
  const marks = kind === 'official' ? [] : [`-c.extraMetadata.version=${own}-test`]
  return [...targets, '--publish', 'never', `-c.electronDist=${dist}`, `-c.electronVersion=${version}`, ...marks]
}

/** Tools that electron-builder would download: from npm's 7zip-bin, and our own stand-in for fpm where there is none. */
async function builderEnvironment() {
  const { path7za } = await import('7zip-bin')
  fs.chmodSync(path7za, 0o755)
  return {
    ELECTRON_BUILDER_7ZIP_PATH: path7za,
    ELECTRON_BUILDER_COMPRESSION_LEVEL: '1',
    CUSTOM_FPM_PATH: path.join(ROOT, 'scripts/package/fpm.mjs'),
    ...process.env,
  }
}

function runBuilder(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUILDER, ...args], {
      cwd: ROOT,
      env,
      stdio: 'inherit',
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

await runScript(async () => {
  const say = (line) => console.log(line)
  const { runtime: found } = await setUp()
  const runtime = await bestRuntime(found, say)
  if (runtime.note !== null) say(`${runtime.note} These are test builds.`)
  return runBuilder(builderArguments(process.argv.slice(2), runtime), await builderEnvironment())
})
