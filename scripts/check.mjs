// npm run check: types, lint, and the unit tests of what changed since the last check that found nothing wrong. The first one
// runs every unit test; `npm run check -- --all` does so again. What was seen to be right is kept in node_modules/.cache.
// Tests that start a real QEMU or libvirt take minutes: `--all` and `npm test` run them.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { testsOf } from './check/tests-of.mjs'
import { NODE_MODULES, ROOT } from './setup/paths.mjs'
import { filesWithRealPrograms } from './test/test-files.mjs'

const KEPT = path.join(NODE_MODULES, '.cache/check/tree')
const bin = (file) => path.join(NODE_MODULES, file)

/** Resolves to what `program` said and whether it ended well. */
function runQuietly(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, env: { ...process.env, FORCE_COLOR: '1' } })
    const said = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part))
    child.on('close', (code) => resolve({ isRight: code === 0, said: Buffer.concat(said).toString() }))
  })
}

function runShown(program, args) {
  return new Promise((resolve) => {
    spawn(program, args, { cwd: ROOT, stdio: 'inherit' }).on('close', (code) => resolve(code === 0))
  })
}

function git(args, env = process.env) {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

/** Git's name for the files as they are now, without a touch of the index; null outside of a clone. */
function currentTree() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-check-'))
  const env = { ...process.env, GIT_INDEX_FILE: path.join(folder, 'index') }
  try {
    git(['read-tree', 'HEAD'], env)
    git(['add', '--all'], env)
    return git(['write-tree'], env)
  } catch {
    return null
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** The files that differ between the tree that was right and `tree`; null when every test is to run. */
function changedSince(tree) {
  if (tree === null || process.argv.includes('--all') || !fs.existsSync(KEPT)) return null
  try {
    const names = git(['diff-tree', '-r', '--name-only', '--no-renames', fs.readFileSync(KEPT, 'utf8'), tree])
    return names === '' ? [] : names.split('\n')
  } catch {
    // Git has swept the kept tree away.
    return null
  }
}

async function checkTypesAndLint() {
  const checks = [
    ['types', process.execPath, [path.join(ROOT, 'scripts/types.mjs')]],
    ['lint', bin('@biomejs/biome/bin/biome'), ['check', '--error-on-warnings', '.']],
    ['unused code', process.execPath, [bin('knip/bin/knip.js')]],
  ]
  const results = await Promise.all(checks.map(([, program, args]) => runQuietly(program, args)))
  for (const [at, { isRight, said }] of results.entries()) {
    console.log(`${isRight ? '✓' : '✗'} ${checks[at][0]}`)
    if (!isRight) console.log(said)
  }
  return results.every(({ isRight }) => isRight)
}

function checkTests(changed) {
  const vitest = (args) => runShown(process.execPath, [bin('vitest/vitest.mjs'), ...args])
  if (process.argv.includes('--all')) return vitest(['run'])
  const quick = ['--project', 'unit', ...filesWithRealPrograms().flatMap((file) => ['--exclude', file])]
  const sources = changed === null ? null : testsOf(changed)
  if (sources === null) return vitest(['run', ...quick])
  return sources.length === 0 || vitest(['related', '--run', '--passWithNoTests', ...quick, ...sources])
}

const tree = currentTree()
const changed = changedSince(tree)
if (changed !== null) console.log(`${changed.length} files changed since the last check that found nothing wrong`)
const isSound = await checkTypesAndLint()
const isRight = (await checkTests(changed)) && isSound
if (isRight && tree !== null) {
  fs.mkdirSync(path.dirname(KEPT), { recursive: true })
  fs.writeFileSync(KEPT, tree)
}
process.exit(isRight ? 0 : 1)
