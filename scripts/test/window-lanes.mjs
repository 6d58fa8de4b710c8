import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ROOT } from '../setup/paths.mjs'

// Which end-to-end tests run beside each other. Most of their time is waiting, so two windows, each on a display of its own,
// take little more than one. What measures rates or frames has the machine to itself; a new file does, until it is named here.

const WITH_COMPANY = [
  'board-axe',
  'board-keys',
  'board-mouse',
  'chains-live',
  'choose',
  'cut-off',
  'dialogs',
  'dock',
  'document',
  'export',
  'export-notes',
  'import',
  'ipc-fuzz',
  'lessons',
  'limits-units',
  'live-axe',
  'live-ops',
  'mishaps',
  'narrow-window',
  'packed',
  'proxmox',
  'qemu-gone',
  'qemu-partial',
  'rename',
  'report',
  'security',
  'toasts',
  'window',
  'window-manners',
]

function endToEndTests() {
  const folder = path.join(ROOT, 'e2e')
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
  return names.map((name) => ({ name, text: fs.readFileSync(path.join(folder, name), 'utf8') }))
}

/** The files that attach to a QEMU: they run once more with the newer one. */
export function filesWithQemu() {
  return endToEndTests()
    .filter(({ text }) => /missing(Qemu|Libvirt)/.test(text))
    .map(({ name }) => `e2e/${name}`)
}

/**
 * Those files, or all, as steps one after the other of lanes beside each other: `[[lane, lane], [lane]]`, a lane is its files.
 * Lanes are of about as many tests; `processors` below two make one lane of each step.
 */
export function laneSteps({ processors = os.availableParallelism(), only = null } = {}) {
  const files = endToEndTests()
    .map(({ name, text }) => ({ name, file: `e2e/${name}`, tests: text.match(/\btest\(/g)?.length ?? 1 }))
    .filter(({ file }) => only === null || only.includes(file))
    .sort((a, b) => b.tests - a.tests || a.name.localeCompare(b.name))
  const lanes = Array.from({ length: Math.min(2, processors) }, () => ({ tests: 0, files: [] }))
  const alone = []
  for (const { name, file, tests } of files) {
    if (!WITH_COMPANY.includes(name.replace('.test.ts', ''))) {
      alone.push(file)
      continue
    }
    const lane = lanes.reduce((least, each) => (each.tests < least.tests ? each : least))
    lane.tests += tests
    lane.files.push(file)
  }
  const steps = [lanes.map((lane) => lane.files), [alone]]
  return steps.map((step) => step.filter((lane) => lane.length > 0)).filter((step) => step.length > 0)
}
