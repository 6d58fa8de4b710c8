import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { _electron, type CDPSession, type Page } from '@playwright/test'
import { ACTIONS, type Action } from './board-actions.ts'
import { median } from './numbers.ts'

// `npm run window-board -- [--app FOLDER…]`: how long the window is busy at a time with 1 000 busy devices in 100 groups, for each
// thing that a user does with the board. Several built apps (`--app`, folders that hold out/) take turns, each round in the other
// order, so that what else the machine does hits all of them alike. Pieces are tasks of a main thread, in its processor time,
// as the browser traces them; frames a second go by the clock, and say something on a quiet machine only.

const GROUPS = 100
const PER_GROUP = 10
/** A frame at 60 a second: no piece may take longer. */
const PIECE_MS = 16

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

interface Figures {
  /** Of the page's main thread: its longest piece, and how many were too long. */
  readonly longestMs: number
  readonly over: number
  /** Of the main process's main thread. */
  readonly mainLongestMs: number
  /** Share of a core that the page's main thread took. */
  readonly busy: number
  readonly fps: number
}

export async function windowBoard(argv: readonly string[], { root }: { readonly root: string }): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      app: { type: 'string', multiple: true, default: [root] },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: Object.keys(ACTIONS) },
      trace: { type: 'string' },
    },
  })
  const found = new Map<string, Figures[]>()
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const turns = values.app.map((app, index) => ({ app, index }))
    for (const { app, index } of round % 2 === 0 ? turns : turns.reverse()) {
      const names = Object.keys(ACTIONS).filter((name) => values.only.includes(name))
      const traces = values.trace === undefined ? null : path.join(values.trace, `${index}-${round}`)
      for (const [name, figures] of await measureApp(app, names, traces)) {
        const key = `${name.padEnd(18)}${app}`
        found.set(key, [...(found.get(key) ?? []), figures])
      }
    }
  }
  print(found)
  return 0
}

/** Each figure's median, then what each round found. */
function print(found: ReadonlyMap<string, readonly Figures[]>): void {
  const digits: Readonly<Record<keyof Figures, number>> = { longestMs: 1, over: 0, mainLongestMs: 1, busy: 2, fps: 0 }
  console.log(`load ${os.loadavg()[0]?.toFixed(1)}`)
  for (const [key, rounds] of [...found].sort(([a], [b]) => order(a) - order(b))) {
    const words = Object.entries(digits).map(([name, count]) => {
      const each = rounds.map((figures) => figures[name as keyof Figures]) // its own keys
      return `${name} ${median(each).toFixed(count)} (${each.map((value) => value.toFixed(count)).join(' ')})`
    })
    console.log(`${key}\n  ${words.join('  ')}`)
  }
}

function order(key: string): number {
  return Object.keys(ACTIONS).findIndex((name) => key.startsWith(name))
}

async function measureApp(
  root: string,
  names: readonly string[],
  traces: string | null,
): Promise<Map<string, Figures>> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-board-'))
  const env = { ...process.env, WEIR_AUTOMATED: '1', XDG_STATE_HOME: folder } as Record<string, string> // none is undefined
  const args = [`--user-data-dir=${folder}`, root, '--run', writeWorkspace(folder)]
  const app = await _electron.launch({ args, cwd: root, env })
  try {
    const page = await app.firstWindow()
    await page.waitForFunction(
      () => Number(document.querySelector('[data-revision]')?.getAttribute('data-revision')) > 30,
    )
    const session = await page.context().newCDPSession(page)
    const figures = new Map<string, Figures>()
    for (const name of names) {
      const action = ACTIONS[name]
      if (action === undefined) continue
      const at = traces && `${traces}-${name.replaceAll(' ', '-')}.json`
      figures.set(name, await measure(page, session, { ...action, at }))
    }
    return figures
  } finally {
    await app.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false }) // whether to save
    })
    await app.close()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function writeWorkspace(folder: string): string {
  const names = Array.from({ length: GROUPS }, (_, group) => `group-${group}`)
  const device = (group: string, member: number) => ({
    id: `${group}-disk-${member}`,
    group,
    disk: { kind: 'null', sizeBytes: 2 ** 30, service: { kind: 'fixed', us: 500 } },
    workload: { kind: 'synthetic', pattern: 'random', readPercent: 70, blockBytes: 4096, iodepth: 4 },
  })
  const limits = { 'iops-total': 200, 'iops-total-max': 400, 'iops-total-max-length': 3, 'bps-total': 2 ** 20 }
  const workspace = {
    format: 'weir-workspace/1',
    iothreads: 1,
    groups: Object.fromEntries(names.map((name) => [name, limits])),
    devices: names.flatMap((name) => Array.from({ length: PER_GROUP }, (_, member) => device(name, member))),
  }
  const file = path.join(folder, 'board.weir.json')
  fs.writeFileSync(file, JSON.stringify(workspace))
  return file
}

interface Measured extends Action {
  /** Where to write the trace, with a profile in it. */
  readonly at: string | null
}

async function measure(page: Page, session: CDPSession, { prepare, act, at }: Measured): Promise<Figures> {
  await prepare?.(page)
  await page.waitForTimeout(1000)
  const events: TraceEvent[] = []
  const collect = ({ value }: { value: unknown[] }) => events.push(...(value as TraceEvent[])) // as tracing defines them
  session.on('Tracing.dataCollected', collect)
  const includedCategories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline']
  if (at !== null) includedCategories.push('disabled-by-default-v8.cpu_profiler')
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } })
  await page.evaluate(startFrames)
  await act(page)
  const { frames, spanMs } = await page.evaluate(stopFrames)
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await complete
  session.off('Tracing.dataCollected', collect)
  if (at !== null) fs.writeFileSync(at, JSON.stringify({ traceEvents: events }))
  const tasks = tasksOf(events, 'CrRendererMain')
  return {
    longestMs: Math.max(...tasks),
    over: tasks.filter((ms) => ms > PIECE_MS).length,
    mainLongestMs: Math.max(...tasksOf(events, 'CrBrowserMain')),
    busy: tasks.reduce((sum, ms) => sum + ms, 0) / spanMs,
    fps: (frames * 1000) / spanMs,
  }
}

/** Processor time of each task of a thread. */
function tasksOf(events: readonly TraceEvent[], name: string): readonly number[] {
  const thread = events.find((event) => event.name === 'thread_name' && event.args.name === name)
  const isTask = ({ ph, pid, tid, ...event }: TraceEvent) =>
    ph === 'X' && event.name === 'RunTask' && pid === thread?.pid && tid === thread.tid
  return events.filter(isTask).map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1000)
}

interface Counting {
  counted: { frames: number; startMs: number; handle: number }
}

function startFrames(): void {
  const counted = { frames: 0, startMs: performance.now(), handle: 0 }
  const count = () => {
    counted.frames += 1
    counted.handle = requestAnimationFrame(count)
  }
  counted.handle = requestAnimationFrame(count)
  Object.assign(globalThis, { counted })
}

function stopFrames(): { readonly frames: number; readonly spanMs: number } {
  const { counted } = globalThis as unknown as Counting // put there by startFrames
  cancelAnimationFrame(counted.handle)
  return { frames: counted.frames, spanMs: performance.now() - counted.startMs }
}
