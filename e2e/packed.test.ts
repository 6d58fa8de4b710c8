import { execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { chromium } from '@playwright/test'
import { BoardPage } from './board-page.ts'
import { EXAMPLE, expect, ROOT, test } from './weir-app.ts'

// The app as users get it: packed, with all fuses strict. Playwright cannot launch it (its inspector is off), so it is
// started as a program and watched over Chromium's own debugging port.

const UNPACKED = path.join(ROOT, 'release/linux-unpacked')
const WEIR = path.join(UNPACKED, 'weir')
const ROOT_SWITCH = process.getuid?.() === 0 ? ['--no-sandbox'] : []

test.beforeAll(() => {
  test.setTimeout(300_000)
  test.info().skip(process.platform !== 'linux', 'packages are built and started on Linux only')
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/package.mjs'), '--dir'], { cwd: ROOT, stdio: 'ignore' })
})

/** Starts the packed app; resolves to it and the address of its debugging port. */
async function startPacked(dataFolder: string, args: readonly string[]) {
  const child = spawn(WEIR, [...ROOT_SWITCH, '--remote-debugging-port=0', `--user-data-dir=${dataFolder}`, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  for await (const line of readline.createInterface({ input: child.stderr })) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (address !== undefined) return { child, address }
  }
  throw new Error('the packed app ended before it listened')
}

test('the packed app opens a workspace and runs it', async ({ folder }) => {
  const { child, address } = await startPacked(path.join(folder, 'data'), ['--run', EXAMPLE])
  const ended = new Promise((resolve) => child.on('close', resolve))
  const browser = await chromium.connectOverCDP(address)
  const context = browser.contexts()[0]
  if (!context) throw new Error('the app has a browser context')
  const page = context.pages()[0] ?? (await context.waitForEvent('page'))
  const board = new BoardPage(page)
  await board.shown()
  await board.snapshots(5)
  expect(await board.meanMetric(board.lane('gold'), 'iops', 10)).toBeGreaterThan(100)
  await browser.close()
  child.kill('SIGTERM')
  await ended
  expect(fs.readdirSync(path.join(folder, 'data/disks'))).toEqual([])
})

test('every fuse is set for users', async () => {
  const wire = await getCurrentFuseWire(WEIR)
  // In the binary a fuse is the character 0 or 1.
  const [DISABLE, ENABLE] = ['0', '1']
  const fuses: readonly (readonly [FuseV1Options, string | undefined])[] = [
    [FuseV1Options.RunAsNode, DISABLE],
    [FuseV1Options.EnableCookieEncryption, ENABLE],
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable, DISABLE],
    [FuseV1Options.EnableNodeCliInspectArguments, DISABLE],
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, ENABLE],
    [FuseV1Options.OnlyLoadAppFromAsar, ENABLE],
    [FuseV1Options.GrantFileProtocolExtraPrivileges, DISABLE],
  ]
  expect(fuses.map(([fuse]) => String.fromCharCode(wire[fuse] ?? 0))).toEqual(fuses.map(([, state]) => state))
})

test('the packed app runs no foreign program: not as Node, not by NODE_OPTIONS', ({ folder }) => {
  const proof = path.join(folder, 'proof')
  const script = path.join(folder, 'script.cjs')
  fs.writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(proof)}, 'ran')`)
  const start = (args: readonly string[], env: Record<string, string>) =>
    spawnSync(WEIR, [...ROOT_SWITCH, `--user-data-dir=${path.join(folder, 'data')}`, ...args], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
      timeout: 5000,
    })
  start([script], { ELECTRON_RUN_AS_NODE: '1' })
  start([], { NODE_OPTIONS: `--require ${script}` })
  expect(fs.existsSync(proof)).toBe(false)
})

test('the package holds the command line, the licences and nothing that starts other folders', ({ folder }) => {
  const resources = path.join(UNPACKED, 'resources')
  const weir = (...args: string[]) =>
    execFileSync(path.join(resources, 'cli/weir'), args, { cwd: folder, encoding: 'utf8' })
  expect(weir('check', EXAMPLE)).toContain('fine (2 groups, 6 devices')
  expect(JSON.parse(weir('run', EXAMPLE, '--duration', '1s', '--json'))).toMatchObject({ format: 'weir-result/1' })
  expect(fs.readFileSync(path.join(resources, 'LICENCES-third-party.md'), 'utf8')).toMatch(/## react - /)
  expect(fs.existsSync(path.join(resources, 'default_app.asar'))).toBe(false)
  expect(fs.existsSync(path.join(resources, 'app'))).toBe(false)
})
