import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The layer rules of docs/ARCHITECTURE.md, held by linting code that breaks each of them: a rule that no longer
// fires fails here, not in a review. One run of Biome over a throw-away tree, since starting it costs more than it does.

const root = path.resolve(import.meta.dirname, '../..')
const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome')

const WRONG = [
  ['renderer/board/a.ts', `import { x } from '#main/lab/lab.ts'\n`, 'noRestrictedImports'],
  ['renderer/board/b.ts', `import { x } from '../../main/lab/lab.ts'\n`, 'noRestrictedImports'],
  ['renderer/board/c.ts', `import { x } from 'node:fs'\n`, 'noRestrictedImports'],
  ['renderer/board/d.ts', `import { x } from '../limits/a.ts'\n`, 'noRestrictedImports'],
  ['renderer/connect/d.ts', `import { x } from '../export/a.ts'\n`, 'noRestrictedImports'],
  ['renderer/board/e.ts', `import { x } from 'electron'\n`, 'noRestrictedImports'],
  ['renderer/ui/a.ts', `import { x } from '../store/a.ts'\n`, 'noRestrictedImports'],
  ['renderer/ui/b.ts', `import { x } from '../board/a.ts'\n`, 'noRestrictedImports'],
  ['renderer/store/a.ts', `import { x } from '../board/a.ts'\n`, 'noRestrictedImports'],
  ['shared/a.ts', `import { x } from '#main/lab/lab.ts'\n`, 'noRestrictedImports'],
  ['shared/b.ts', `import { x } from 'node:path'\n`, 'noRestrictedImports'],
  ['shared/c.test.ts', `import { x } from '#main/lab/lab.ts'\n`, 'noRestrictedImports'],
  ['shared/d.ts', `import { x } from './formats/index.ts'\n`, 'noRestrictedImports'],
  ['shared/e.ts', `export const now = () => Date.now()\n`, 'noRestrictedGlobals'],
  ['main/lab/a.ts', `import { x } from '../../app/main.ts'\n`, 'noRestrictedImports'],
  ['main/lab/b.ts', `import { x } from 'electron'\n`, 'noRestrictedImports'],
  ['main/lab/c.ts', `import { x } from '../../renderer/board/a.ts'\n`, 'noRestrictedImports'],
  ['main/throttle/a.ts', `import { x } from 'node:fs'\n`, 'noRestrictedImports'],
  ['main/throttle/b.ts', `import { x } from '#main/iothread/iothread.ts'\n`, 'noRestrictedImports'],
  ['main/simulate/c.ts', `import { x } from '../lab/lab.ts'\n`, 'noRestrictedImports'],
  ['main/load/d.ts', `export const chance = () => Math.random()\n`, 'plugin'],
  ['main/stats/e.ts', `export const now = () => performance.now()\n`, 'noRestrictedGlobals'],
  ['main/advise/f.ts', `export async function f(x: Promise<number>) {\n  return await x\n}\n`, 'plugin'],
  ['main/lab/g.ts', `export const sleep = (w: Int32Array) => Atomics.wait(w, 0, 0)\n`, 'plugin'],
  ['main/throttle/lock.ts', `export const sleep = (w: Int32Array) => Atomics.wait(w, 0, 0)\n`, 'plugin'],
  ['app/a.ts', `import { x } from '../renderer/main.tsx'\n`, 'noRestrictedImports'],
  ['app/b.ts', `export const sleep = (w: Int32Array) => Atomics.wait(w, 0, 0)\n`, 'plugin'],
  ['e2e/a.ts', `import { x } from '../app/main.ts'\n`, 'noRestrictedImports'],
  ['main/lab/cycle-a.ts', `import { b } from './cycle-b.ts'\nexport const a = () => b\n`, 'noImportCycles'],
  ['main/lab/cycle-b.ts', `import { a } from './cycle-a.ts'\nexport const b = () => a\n`, 'noImportCycles'],
  ['main/lab/floating.ts', `async function f() {}\nexport function g() {\n  f()\n}\n`, 'noFloatingPromises'],
  ['main/load/private.ts', `export class A {\n  private x = 1\n  y() {\n    return this.x\n  }\n}\n`, 'plugin'],
  ['main/lab/default.ts', `export default 1\n`, 'noDefaultExport'],
  ['main/lab/any.ts', `export const x: any = 1\n`, 'noExplicitAny'],
  ['main/lab/skip.test.ts', `import { test } from 'vitest'\ntest.skip('x', () => {})\n`, 'noSkippedTests'],
]

const RIGHT = [
  [
    'renderer/board/right.ts',
    `import { x } from '../store/a.ts'\nimport { y } from '../ui/a.ts'\nimport { z } from '#shared/a.ts'\n`,
  ],
  [
    'main/lab/right.ts',
    `import fs from 'node:fs'\nimport { x } from '#main/throttle/a.ts'\nimport { y } from '#shared/a.ts'\n`,
  ],
  ['main/throttle/right.test.ts', `import fs from 'node:fs'\n`],
  ['main/iothread/right.ts', `export const sleep = (w: Int32Array) => Atomics.wait(w, 0, 0)\n`],
  [
    'main/load/hidden.ts',
    `export class A {\n  static readonly one = new A()\n  #x = 1\n  private constructor() {}\n  y() {\n    return this.#x\n  }\n}\n`,
  ],
  ['app/right.ts', `import { app } from 'electron'\nimport { x } from '#main/lab/lab.ts'\n`],
]

const LAYER_RULES = ['noRestrictedImports', 'noRestrictedGlobals', 'noImportCycles', 'noFloatingPromises', 'plugin']

let folder
/** File → the rules that fired in it. */
const fired = new Map()

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-layers-'))
  for (const file of ['biome.json', '.gitignore', 'tsconfig.json', 'scripts/lint']) {
    fs.cpSync(path.join(root, file), path.join(folder, file), { recursive: true })
  }
  for (const [file, text] of [...WRONG, ...RIGHT]) {
    fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true })
    fs.writeFileSync(path.join(folder, file), text)
  }
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.']
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 })
  for (const diagnostic of JSON.parse(stdout).diagnostics) {
    const file = diagnostic.location.path
    fired.set(file, [...(fired.get(file) ?? []), diagnostic.category.split('/').at(-1)])
  }
}, 60_000)

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

test.each(WRONG)('%s is refused', (file, _text, rule) => {
  expect(fired.get(file) ?? []).toContain(rule)
})

test.each(RIGHT)('%s breaks no layer rule', (file) => {
  expect((fired.get(file) ?? []).filter((rule) => LAYER_RULES.includes(rule))).toEqual([])
})
