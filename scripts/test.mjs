// npm test: sets up, then everything that must hold: types, lint, unit tests, end-to-end tests in the real Electron.
// Every stage runs, whatever the one before said; the last line counts them all.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { NODE_MODULES, ROOT } from './setup/paths.mjs'
import { runScript, setUp } from './setup.mjs'
import { newerTreeEnvironment } from './test/newer-tree.mjs'
import { readSummary, summaryEnvironment } from './test/summary.mjs'
import { filesWithQemu, laneSteps } from './test/window-lanes.mjs'

const SAID_ABOVE = { name: 'the whole', reason: 'said above' }

// A shared machine can hold a test up for longer than any patience. What passes at its second try is named at the end.
const SECOND_TRY = { vitest: '--retry=1', playwright: '--retries=1' }

const SCREEN = '-screen 0 1600x1000x24'

const VITEST = path.join(NODE_MODULES, 'vitest/vitest.mjs')
const PLAYWRIGHT = path.join(NODE_MODULES, '@playwright/test/cli.js')
const reporter = (name) => path.join(ROOT, 'scripts/test', name)

/** Runs a program with the terminal; resolves to whether it ended well. */
function runShown(program, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0))
  })
}

/** A stage that is right or wrong as a whole counts as one test. */
async function runCheck(program, args) {
  const isRight = await runShown(program, args)
  return { passed: isRight ? 1 : 0, failed: isRight ? [] : [SAID_ABOVE], second: [], skipped: [] }
}

/** A stage of many tests counts what its runner's summary says; a runner that died is one more failure. */
async function runTests(program, args, env = process.env) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-test-'))
  const file = path.join(folder, 'summary.json')
  const isRight = await runShown(program, args, { ...env, ...summaryEnvironment(file) })
  const summary = readSummary(file) ?? { passed: 0, failed: [], second: [], skipped: [] }
  fs.rmSync(folder, { recursive: true, force: true })
  const isUnexplained = !isRight && summary.failed.length === 0
  return isUnexplained ? { ...summary, failed: [SAID_ABOVE] } : summary
}

/** Why the end-to-end tests cannot run here; null when they can. */
function whyNoWindows({ libraries, programs }) {
  if (process.platform !== 'linux') return null
  if (libraries.length > 0) return `Electron's libraries are missing: ${libraries.join(', ')}`
  return programs.length > 0 ? `${programs.join(' and ')} missing` : null
}

/** One Playwright with a display of its own; `lane` names its folder of results. */
function runLane(files, lane, env) {
  const playwright = [
    PLAYWRIGHT,
    'test',
    SECOND_TRY.playwright,
    `--reporter=list,${reporter('playwright-reporter.mjs')}`,
    `--output=test-results/${lane}`,
    ...files,
  ]
  // Lanes share a terminal: none may rewrite its lines.
  const shared = { ...env, PLAYWRIGHT_FORCE_TTY: '0' }
  if (process.platform !== 'linux') return runTests(process.execPath, playwright, shared)
  return runTests('xvfb-run', ['-a', '-s', SCREEN, process.execPath, ...playwright], shared)
}

async function runEndToEnd(missing, { steps = laneSteps(), env = process.env } = {}) {
  const reason = whyNoWindows(missing)
  if (reason !== null) return { passed: 0, failed: [], second: [], skipped: [{ name: 'all end-to-end tests', reason }] }
  const total = { passed: 0, failed: [], second: [], skipped: [] }
  for (const lanes of steps) {
    const results = await Promise.all(lanes.map((files, at) => runLane(files, `lane-${at + 1}`, env)))
    for (const { passed, failed, second, skipped } of results) {
      total.passed += passed
      total.failed.push(...failed)
      total.second.push(...second)
      total.skipped.push(...skipped)
    }
  }
  return total
}

/** The end-to-end tests that attach to a QEMU, once more with the newer one; vitest does so by a project of its own. */
async function runNewerEndToEnd(missing) {
  const tree = newerTreeEnvironment()
  const absent = tree.WEIR_TEST_TREE_ABSENT
  if (absent !== undefined)
    return { passed: 0, failed: [], second: [], skipped: [{ name: 'the newer QEMU in the window', reason: absent }] }
  return runEndToEnd(missing, { steps: laneSteps({ only: filesWithQemu() }), env: { ...process.env, ...tree } })
}

/** One line per reason: a machine without QEMU skips a hundred tests for the same one. */
function skippedLines(skipped) {
  const byReason = new Map()
  for (const test of skipped) byReason.set(test.reason, [...(byReason.get(test.reason) ?? []), test])
  return [...byReason].map(([reason, tests]) => {
    const which = tests.length === 1 ? tests[0].name : `${tests.length} tests, such as “${tests[0].name}”`
    return `    skipped: ${which}: ${reason}`
  })
}

function stagesWith(missing) {
  const node = process.execPath
  const vitest = [
    VITEST,
    'run',
    SECOND_TRY.vitest,
    '--reporter=default',
    `--reporter=${reporter('vitest-reporter.mjs')}`,
  ]
  return [
    ['types', () => runCheck(node, [path.join(ROOT, 'scripts/types.mjs')])],
    ['lint', () => runCheck('npm', ['run', '-s', 'lint'])],
    ['unit tests', () => runTests(node, vitest)],
    ['end-to-end tests', () => runEndToEnd(missing)],
    ['end-to-end tests with the newer QEMU', () => runNewerEndToEnd(missing)],
  ]
}

await runScript(async () => {
  const { runtime, missing } = await setUp()
  if (runtime.note !== null) console.log(runtime.note)
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const lines = []
  for (const [name, run] of stagesWith(missing)) {
    console.log(`\n── ${name}`)
    const before = Date.now()
    const { passed, failed, second, skipped } = await run()
    totals.passed += passed
    totals.failed += failed.length
    totals.skipped += skipped.length
    const seconds = Math.round((Date.now() - before) / 1000)
    lines.push(
      `${failed.length > 0 ? '✗' : '✓'} ${name}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped (${seconds} s)`,
    )
    for (const test of failed) lines.push(`    failed: ${test.name}: ${test.reason}`)
    for (const test of second) lines.push(`    passed at its second try: ${test.name}: ${test.reason}`)
    lines.push(...skippedLines(skipped))
  }
  console.log(`\n${lines.join('\n')}`)
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  return totals.failed > 0 ? 1 : 0
})
