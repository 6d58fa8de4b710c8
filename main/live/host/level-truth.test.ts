import { afterEach, describe, expect, test } from 'vitest'
import { readPicture } from '#main/live/read-picture.ts'
import type { Trace } from '#main/load/trace.ts'
import { readBlockViews, readNodeViews, readStatsViews } from '#main/qmp/qmp-views.ts'
import { FrozenQemu, missingFrozenQemu } from '#main/qmp/testing/frozen-qemu.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import type { BucketSnapshot } from '#shared/snapshot.ts'
import type { Bucket, Limits } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { VmTally } from './vm-tally.ts'

// The levels that the exporter gives, against the truth of a QEMU whose clock the test steps: no request and no look is off by
// a nanosecond. QEMU tells no level, so the truth is the simulator's, which is held against QEMU's recorded answers, and
// here also against how many requests this very QEMU had done.

interface Request {
  readonly atNs: number
  readonly op: 'read' | 'write'
  readonly bytes: number
}

let qemu: FrozenQemu | null = null
afterEach(async () => {
  await qemu?.kill()
  qemu = null
})

/** In rest a full bucket empties, whatever was in it before anybody looked: 360 requests at 30 a second. */
const REST_S = 13
const RUN_S = REST_S + 30
const LIMITS: Limits = { 'iops-total': 30, 'iops-total-max': 120, 'iops-total-max-length': 3, 'bps-write': 50_000 }

/** Too much for eight seconds, little for seven, much at once each second for eight, and rest. */
function load(): readonly Request[] {
  // A trace begins with its first request.
  const requests: Request[] = [{ atNs: 0, op: 'read', bytes: 4096 }]
  const add = (fromS: number, toS: number, perS: number) => {
    for (let at = REST_S + fromS; at < REST_S + toS; at += 1 / perS) {
      const op = requests.length % 3 === 0 ? 'write' : 'read'
      requests.push({ atNs: Math.round(at * NS_PER_S), op, bytes: 4096 })
    }
  }
  add(0, 8, 45)
  add(8, 15, 6)
  for (let at = 15; at < 23; at += 1) add(at + 0.5, at + 0.52, 2000)
  return requests
}

function workspaceOf(limits: Limits): Workspace {
  const workload = { kind: 'trace', path: 'recorded', iodepth: 1024, speed: 1, loop: false } as const
  const disk = { kind: 'null', sizeBytes: 2 ** 30 } as const
  return {
    ...EMPTY_WORKSPACE,
    groups: { g: limits },
    devices: [{ id: 'd0', groups: ['g'], iothread: null, disk, workload, qemu: {} }],
  }
}

/** Runs in virtual time; `times` is when requests were done. */
function simulate(requests: readonly Request[], times: Set<number>): Simulation {
  const trace: Trace = {
    count: requests.length,
    timesNs: Float64Array.from(requests, ({ atNs }) => atNs),
    offsets: new Float64Array(requests.length),
    sizes: Uint32Array.from(requests, ({ bytes, op }) => bytes + (op === 'write' ? TRACE_WRITE_BIT : 0)),
  }
  return new Simulation({
    workspace: workspaceOf(LIMITS),
    traces: new Map([['recorded', trace]]),
    onRequest: (_flow, _offset, _bytes, _arrivalNs, _goNs, doneNs) => times.add(doneNs),
  })
}

/** How the QEMU shows its disk, and what it counted. */
async function look(frozen: FrozenQemu) {
  const [blocks, nodes, stats] = [
    await frozen.value('query-block'),
    await frozen.value('query-named-block-nodes', { flat: true }),
    await frozen.value('query-blockstats'),
  ]
  const views = { blocks: readBlockViews(blocks), nodes: readNodeViews(nodes), stats: readStatsViews(stats) }
  const rest = {
    nodeStats: [],
    objects: [],
    exports: [],
    daemon: false,
    isLibvirts: false,
    version: '7.2.22',
    status: 'running',
  }
  return { picture: readPicture({ ...views, ...rest }), stats: views.stats }
}

const absent = missingFrozenQemu()
describe.skipIf(absent !== null)(`a QEMU on a stepped clock ${absent ?? ''}`, () => {
  test('the true level is between low and high at every look, and mostly near', { timeout: 120_000 }, async () => {
    const requests = load()
    const done = new Set<number>()
    simulate(requests, done).advance(RUN_S * NS_PER_S)
    const throttling = Object.entries(LIMITS).map(([key, value]) => `throttling.${key}=${value}`)
    qemu = await FrozenQemu.start(['-drive', `if=none,id=d0,driver=null-co,throttling.group=g,${throttling.join(',')}`])
    const frozen = qemu
    const truth = simulate(requests, new Set())
    const tally = new VmTally()
    tally.seePicture((await look(frozen)).picture)
    const looks = Array.from({ length: RUN_S }, (_, second) => second * NS_PER_S + 999_999_937)
    const times = [...new Set([...done, ...requests.map(({ atNs }) => atNs), ...looks])].sort((a, b) => a - b)
    let [next, lookAt] = [0, 0]
    const misses: number[] = []
    for (const atNs of times.filter((ns) => ns <= (looks.at(-1) ?? 0))) {
      await frozen.setTime(atNs)
      for (; requests[next]?.atNs === atNs; next += 1) {
        const { op, bytes } = requests[next] as Request
        await frozen.io('d0', `aio_${op} -q 0 ${bytes}`)
      }
      if (atNs !== looks[lookAt]) continue
      lookAt += 1
      const { stats } = await look(frozen)
      tally.seeLook({ stats, atNs, slackNs: 0 })
      truth.advance(atNs)
      misses.push(...compare(tally, truth, atNs))
    }
    expect(misses.length).toBeGreaterThan(25)
    expect(misses.reduce((sum, miss) => sum + miss, 0) / misses.length).toBeLessThan(0.1)
  })
})

/** How far each level is off, of the bucket's size; it must be within its bounds. */
function compare(tally: VmTally, truth: Simulation, atNs: number): readonly number[] {
  const { groups, devices } = truth.snapshot('running')
  const [disk] = tally.latest.disks
  expect([atNs, disk?.read?.requests, disk?.write?.requests]).toEqual([
    atNs,
    devices.d0?.read.requests,
    devices.d0?.write.requests,
  ])
  const buckets = Object.entries(groups.g?.buckets ?? {}) as [Bucket, BucketSnapshot][]
  return buckets.flatMap(([name, { level, size }]) => {
    const known = tally.latest.groups[0]?.buckets.find(({ bucket }) => bucket === name)?.level
    if (known == null) return []
    const where = `${name} at ${atNs}: ${known.low} ≤ ${level} ≤ ${known.high}`
    expect(known.low, where).toBeLessThanOrEqual(level + 1e-6)
    expect(known.high, where).toBeGreaterThanOrEqual(level - 1e-6)
    // One write nearly fills the other bucket, whose level hence jumps up and down between two looks.
    return name === 'iops-total' ? [Math.abs(known.likely - level) / size] : []
  })
}
