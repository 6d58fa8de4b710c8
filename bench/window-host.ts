import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { startFakeVms } from './fake-vms.ts'

// `npm run window-host -- [--app FOLDER…]`: what the table of a host costs in the window, by thread, over VMs that answer as QEMU
// does. Several built apps (`--app`, folders that hold out/) run at the same time over the same VMs, so that what else the machine
// does hits all of them alike. Processor time, not the clock. Needs a display.

const WARM_UP_MS = 45_000
const VMS = 200

/** Share of a core. */
interface Cost {
  readonly app: string
  readonly main: number
  readonly mainAll: number
  readonly page: number
  readonly pageAll: number
  /** Looks that a VM got, over those it should have got. */
  readonly kept: number
}

interface Running {
  readonly name: string
  readonly app: ElectronApplication
  readonly page: Page
  readonly mainPid: number
  readonly pagePid: number
}

export async function windowHost(argv: readonly string[], { root }: { readonly root: string }): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      app: { type: 'string', multiple: true, default: [root] },
      seconds: { type: 'string', default: '30' },
      percentiles: { type: 'boolean', default: false },
      profiles: { type: 'string' },
    },
  })
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-window-'))
  const sockets = path.join(folder, 'vms')
  fs.mkdirSync(sockets)
  const stop = await startFakeVms(root, sockets, VMS)
  const running: Running[] = []
  try {
    for (const [index, at] of values.app.entries()) {
      const one = await open(at, path.join(folder, `data${index}`), sockets)
      running.push(one)
      if (values.percentiles) await measurePercentiles(one.page)
    }
    await pass(WARM_UP_MS)
    const looksBefore = await Promise.all(running.map(({ page }) => looksOf(page)))
    const began = performance.now()
    const before = running.map(timesOf)
    const profiles = values.profiles === undefined ? [] : await Promise.all(running.map(startProfiles))
    await pass(Number(values.seconds) * 1000)
    const after = running.map(timesOf)
    const elapsedS = (performance.now() - began) / 1000
    const looks = await Promise.all(running.map(({ page }) => looksOf(page)))
    for (const [index, profile] of profiles.entries()) await profile(path.join(values.profiles ?? '', `${index}`))
    running.forEach(({ name }, index) => {
      const share = (key: keyof Times) => (after[index]![key] - before[index]![key]) / elapsedS
      const cost: Cost = {
        app: name,
        main: share('main'),
        mainAll: share('mainAll'),
        page: share('page'),
        pageAll: share('pageAll'),
        kept: (looks[index]! - looksBefore[index]!) / (VMS * elapsedS),
      }
      console.log(JSON.stringify(cost, (_, value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value)))
    })
    return 0
  } finally {
    for (const { app } of running) await app.close()
    await stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function open(folder: string, data: string, sockets: string): Promise<Running> {
  const env = { ...process.env, WEIR_AUTOMATED: '1', XDG_STATE_HOME: data } as Record<string, string> // none is undefined
  const app = await _electron.launch({ args: [`--user-data-dir=${data}`, folder], cwd: folder, env })
  const page = await app.firstWindow()
  await page
    .getByRole('region', { name: /^Throttle group / })
    .first()
    .waitFor()
  await page.keyboard.press('Control+2')
  await page.getByRole('button', { name: 'Connect to a VM…' }).click()
  await page.getByRole('textbox', { name: 'Address' }).fill(sockets)
  await page.keyboard.press('Enter')
  await page.getByRole('table', { name: 'VMs of the host' }).locator('tr[data-vm]').first().waitFor()
  const processes = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().map(({ pid, type }) => ({ pid, type })),
  )
  const pidOf = (type: string) => processes.find((each) => each.type === type)?.pid ?? 0
  return { name: folder, app, page, mainPid: pidOf('Browser'), pagePid: pidOf('Tab') }
}

interface Shown {
  readonly host: { readonly look: { readonly vms: readonly { id: string; looks: { answered: number } }[] } }
}

interface Preload {
  readonly weir: { invoke(channel: string, payload: unknown): Promise<unknown> }
}

/** As the menu of each row asks for it. */
async function measurePercentiles(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { weir } = globalThis as unknown as Preload
    const { host } = (await weir.invoke('board/ready', null)) as Shown
    for (const { id } of host.look.vms) await weir.invoke('host/percentiles', { vm: id, isOn: true, mayTaint: false })
  })
}

/** That were answered so far, by all VMs. */
async function looksOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { host } = (await (globalThis as unknown as Preload).weir.invoke('board/ready', null)) as Shown
    return host.look.vms.reduce((sum, { looks }) => sum + looks.answered, 0)
  })
}

type Times = ReturnType<typeof timesOf>

/** Seconds so far, of the thread that began each process and of all its threads. */
function timesOf({ mainPid, pagePid }: Running) {
  return { main: ofMain(mainPid), mainAll: ofAll(mainPid), page: ofMain(pagePid), pageAll: ofAll(pagePid) }
}

function ofMain(pid: number): number {
  return secondsOf(pid, `${pid}`)
}

function ofAll(pid: number): number {
  return fs.readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + secondsOf(pid, thread), 0)
}

function secondsOf(pid: number, thread: string): number {
  try {
    return Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9
  } catch {
    return 0 // it has just ended
  }
}

/** For Chromium's developer tools. Gives what ends them and writes them down. */
async function startProfiles({ app, page }: Running): Promise<(at: string) => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Profiler.enable')
  await session.send('Profiler.start')
  await app.evaluate(() => {
    const { Session } = process.getBuiltinModule('node:inspector')
    const main = new Session()
    main.connect()
    main.post('Profiler.enable')
    main.post('Profiler.start')
    Object.assign(globalThis, { profiled: main })
  })
  return async (at) => {
    const { profile } = await session.send('Profiler.stop')
    fs.writeFileSync(`${at}-page.cpuprofile`, JSON.stringify(profile))
    const text = await app.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const { profiled } = globalThis as unknown as { profiled: import('node:inspector').Session } // set above
          profiled.post('Profiler.stop', (_error, { profile: found }) => resolve(JSON.stringify(found)))
        }),
    )
    fs.writeFileSync(`${at}-main.cpuprofile`, text)
  }
}
