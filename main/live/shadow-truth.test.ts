import { afterEach, describe, expect, test } from 'vitest'
import type { Trace } from '#main/load/trace.ts'
import { missingQemu, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import type { BucketSnapshot, Snapshot } from '#shared/snapshot.ts'
import type { Bucket, Limits } from '#shared/throttle/limits.ts'
import { NS_PER_MS, NS_PER_S } from '#shared/units.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { QemuSession } from './qemu-session.ts'

// The estimate against the truth. QEMU tells no level, so the truth is the simulator's, which is held against QEMU's
// recorded answers to the nanosecond elsewhere, fed with the very requests at the very times the real QEMU got them.

interface Request {
  readonly atMs: number
  readonly op: 'read' | 'write'
  readonly bytes: number
}

/** What is done to the disk: so many requests at once, then so long nothing. */
interface Phase {
  readonly count: number
  readonly op: 'read' | 'write'
  readonly bytes: number
  readonly restMs: number
}

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Drives a real QEMU through `phases`; returns the requests as they went and the snapshots, on one clock (ms). */
async function observe(limits: Limits, phases: readonly Phase[], pollMs: number) {
  const qemu = await RealQemu.start([
    '-drive',
    'if=none,id=d0,driver=null-co,throttling.iops-total=1000000,throttling.group=g',
  ])
  cleanups.push(() => qemu.close())
  const session = new QemuSession({ address: qemu.address, pollMs })
  cleanups.push(() => session.close())
  await session.connect()
  await session.apply(setLimits(session.workspace, 'g', limits), 1)
  expect(await session.sendStaged()).toMatchObject({ ok: true })
  const offsetMs = performance.now() - session.state.nowNs / NS_PER_MS
  const snapshots: Snapshot[] = []
  session.onSnapshot((snapshot) => snapshots.push(snapshot))
  const requests: Request[] = []
  for (const { count, op, bytes, restMs } of phases) {
    for (const atMs of await qemu.io('d0', op, { bytes, count })) requests.push({ atMs, op, bytes })
    await new Promise((resolve) => setTimeout(resolve, restMs))
  }
  return { requests, snapshots: snapshots.map((each) => ({ ...each, atMs: each.nowNs / NS_PER_MS + offsetMs })) }
}

function simulate(limits: Limits, requests: readonly Request[], pollsMs: readonly number[]): readonly Snapshot[] {
  const firstMs = requests[0]?.atMs ?? 0
  const trace: Trace = {
    count: requests.length,
    timesNs: Float64Array.from(requests, ({ atMs }) => Math.round((atMs - firstMs) * NS_PER_MS)),
    offsets: new Float64Array(requests.length),
    sizes: Uint32Array.from(requests, ({ bytes, op }) => bytes + (op === 'write' ? TRACE_WRITE_BIT : 0)),
  }
  const workspace: Workspace = {
    ...EMPTY_WORKSPACE,
    groups: { g: limits },
    devices: [
      {
        id: 'd0',
        groups: ['g'],
        iothread: null,
        disk: { kind: 'null', sizeBytes: 2 ** 30 },
        workload: { kind: 'trace', path: 'recorded', iodepth: 1024, speed: 1, loop: false },
        qemu: {},
      },
    ],
  }
  const simulation = new Simulation({ workspace, traces: new Map([['recorded', trace]]) })
  return pollsMs.map((atMs) => {
    simulation.advance(Math.max(0, Math.round((atMs - firstMs) * NS_PER_MS)))
    return simulation.snapshot('running')
  })
}

/** Each estimate must hold the truth within its own error, give or take what the clocks of the test disagree by. */
function compare(bucket: Bucket, estimated: BucketSnapshot, truth: BucketSnapshot, limits: Limits) {
  const clockUnits = ((limits[bucket] ?? 0) * CLOCKS_MS) / 1000
  const excess = Math.abs(estimated.level - truth.level) - estimated.errorUnits - clockUnits
  expect(excess, `level ${estimated.level} ± ${estimated.errorUnits}, truth ${truth.level}`).toBeLessThanOrEqual(1)
  return Math.abs(estimated.level - truth.level) / estimated.size
}

/**
 * Whether QEMU had done by then what the simulator says. On a starved machine its timers come late, and then the simulator
 * does not know the truth of that moment.
 */
function isSameRun(seen: Snapshot, truth: Snapshot): boolean {
  const done = ({ devices }: Snapshot) => (devices.d0?.read.requests ?? 0) + (devices.d0?.write.requests ?? 0)
  return Math.abs(done(seen) - done(truth)) <= 5 + 0.02 * done(truth)
}

/** Recorded times are off by half a command, and a busy machine delays timers. */
const CLOCKS_MS = 25

/** Only looks at which the simulator knew the truth are compared. */
async function compareOnce(limits: Limits, phases: readonly Phase[], pollMs: number) {
  const { requests, snapshots } = await observe(limits, phases, pollMs)
  const truths = simulate(
    limits,
    requests,
    snapshots.map(({ atMs }) => atMs),
  )
  const deviations: number[] = []
  let fullest = 0
  let looks = 0
  for (const [index, snapshot] of snapshots.entries()) {
    const truth = truths[index]
    if (!truth || !isSameRun(snapshot, truth)) continue
    looks += 1
    for (const [bucket, level] of Object.entries(truth.groups.g?.buckets ?? {}) as [Bucket, BucketSnapshot][]) {
      const estimated = snapshot.groups.g?.buckets[bucket]
      if (!estimated) throw new Error(`no estimate of ${bucket}`)
      deviations.push(compare(bucket, estimated, level, limits))
      fullest = Math.max(fullest, level.level / level.size)
    }
  }
  const isTelling = looks > snapshots.length / 2 && fullest > 0.9
  return { isTelling, mean: deviations.reduce((sum, each) => sum + each, 0) / deviations.length }
}

const ATTEMPTS = 3
const TOO_BUSY = 'the machine is too busy: QEMU could not keep its own times'

const SCENARIOS: readonly (readonly [string, Limits, readonly Phase[], number])[] = [
  [
    'a pool that fills, drains and fills again',
    { 'iops-total': 200, 'iops-total-max': 400 },
    [
      { count: 250, op: 'read', bytes: 4096, restMs: 700 },
      { count: 500, op: 'write', bytes: 4096, restMs: 1500 },
      { count: 40, op: 'read', bytes: 4096, restMs: 600 },
    ],
    200,
  ],
  [
    'a burst held at its rate, with large requests counted as several',
    { 'iops-total': 100, 'iops-total-max': 300, 'iops-total-max-length': 2, 'iops-size': 8192 },
    [
      { count: 200, op: 'read', bytes: 16_384, restMs: 900 },
      { count: 500, op: 'write', bytes: 4096, restMs: 2500 },
    ],
    250,
  ],
  [
    'bandwidth, read and write apart',
    { 'bps-read': 10_000_000, 'bps-read-max': 40_000_000, 'bps-write': 5_000_000, 'bps-write-max': 10_000_000 },
    [
      { count: 400, op: 'read', bytes: 65_536, restMs: 500 },
      { count: 400, op: 'read', bytes: 65_536, restMs: 0 },
      { count: 200, op: 'write', bytes: 65_536, restMs: 1600 },
    ],
    200,
  ],
]

const absent = missingQemu()
describe.skipIf(absent !== null)(`the estimate against a real QEMU ${absent ?? ''}`, { timeout: 60_000 }, () => {
  for (const [name, limits, phases, pollMs] of SCENARIOS) {
    test(name, async ({ skip }) => {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const { isTelling, mean } = await compareOnce(limits, phases, pollMs)
        if (!isTelling) continue
        // The bound alone would let an estimate pass that says nothing: on the whole it must be near.
        expect(mean).toBeLessThan(0.05)
        return
      }
      skip(TOO_BUSY)
    })
  }

  test('time to throttle and to refill follow from level and rate', async () => {
    const limits: Limits = { 'iops-total': 100, 'iops-total-max': 1000 }
    const { snapshots } = await observe(limits, [{ count: 900, op: 'read', bytes: 4096, restMs: 900 }], 50)
    const levels = snapshots.flatMap((snapshot) => snapshot.groups.g?.buckets['iops-total'] ?? [])
    for (const { level, refillInNs } of levels) expect(refillInNs).toBeCloseTo((level / 100) * NS_PER_S, -3)
    // Of each look: the room that is left, over what came in it beyond the limit. On a slow machine one may catch few requests.
    const forecasts = snapshots.flatMap((snapshot, index) => {
      const [now, before] = [snapshot.groups.g?.buckets['iops-total'], snapshots[index - 1]]
      if (now?.throttleInNs == null || before === undefined) return []
      const requests = (at: Snapshot) => at.devices.d0?.read.requests ?? Number.NaN
      const iops = ((requests(snapshot) - requests(before)) / (snapshot.nowNs - before.nowNs)) * NS_PER_S
      return [{ saidS: now.throttleInNs / NS_PER_S, trueS: (now.size - now.level) / (iops - 100) }]
    })
    expect(forecasts.length).toBeGreaterThan(0)
    for (const { saidS, trueS } of forecasts) expect(saidS / trueS).toBeCloseTo(1, 6)
    expect(levels.at(-1)?.throttleInNs).toBeNull()
  })
})
