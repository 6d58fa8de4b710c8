import { expect, test } from 'vitest'
import { TraceReader } from '#main/load/trace.ts'
import { limitOf } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { type Device, EMPTY_WORKSPACE, type Workload, type Workspace } from '#shared/workspace/workspace.ts'
import { type Advice, type AdviceOptions, adviseGroup } from './limit-advice.ts'

/** One minute: 50 requests of 4 KiB a second, and 400 more at once every tenth second. */
function burstyTrace() {
  const reader = new TraceReader()
  for (let second = 0; second < 60; second += 1) {
    const burst = second % 10 === 5 ? 400 : 0
    for (let n = 0; n < 50 + burst; n += 1) {
      const atS = n < burst ? second : second + (n - burst) / 50
      reader.push(`${atS},${n % 2 ? 'read' : 'write'},${n * 4096},4096\n`)
    }
  }
  const read = reader.finish()
  if (!read.ok) throw new Error(JSON.stringify(read.issues))
  return read.value
}

function workspaceWith(workload: Workload): Workspace {
  const device: Device = {
    id: 'db',
    groups: ['gold'],
    iothread: null,
    disk: { kind: 'null', sizeBytes: 2 ** 40 },
    workload,
    qemu: {},
  }
  return { ...EMPTY_WORKSPACE, groups: { gold: {} }, devices: [device] }
}

function adviceOf(options: Partial<AdviceOptions>): Advice {
  const trace = burstyTrace()
  const workload: Workload = { kind: 'trace', path: 'load.csv', iodepth: 1024, speed: 1, loop: false }
  const steps = adviseGroup({
    workspace: workspaceWith(workload),
    traces: new Map([['load.csv', trace]]),
    group: 'gold',
    durationS: 60,
    targetWaitNs: 10e6,
    ...options,
  })
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

test('the demand is what was recorded', () => {
  const { demand } = adviceOf({})
  expect(demand?.iops).toEqual({ mean: 90, p50: 50, p90: 50, p95: 450, p99: 450, max: 450 })
  expect(demand?.bps.max).toBe(450 * 4096)
})

test('a short wait is bought with a burst, not with a higher average', () => {
  const advice = adviceOf({ targetWaitNs: 10e6 })
  const chosen = advice.candidates[advice.recommended ?? -1]
  expect(chosen).toMatchObject({ rate: 'p50', burst: 'burst' })
  expect(limitOf(chosen?.limits ?? {}, 'iops-total')).toBe(50)
  expect(chosen?.waitP99Ns).toBeLessThanOrEqual(10e6)
})

test('a patient load needs no burst', () => {
  const { candidates, recommended } = adviceOf({ targetWaitNs: 60e9 })
  expect(candidates[recommended ?? -1]).toMatchObject({ rate: 'p50', burst: 'no burst' })
})

test('what it tries goes from low to high, is accepted by QEMU, and is tried once', () => {
  const { candidates } = adviceOf({})
  expect(candidates.every(({ limits }) => firstBreach(limits) === null)).toBe(true)
  const averages = candidates.map(({ limits }) => limitOf(limits, 'iops-total'))
  expect(averages).toEqual([...averages].sort((a, b) => a - b))
  expect(new Set(candidates.map(({ limits }) => JSON.stringify(limits))).size).toBe(candidates.length)
})

test('a load that takes all there is gets no advice', () => {
  const greedy: Workload = {
    kind: 'synthetic',
    pattern: 'random',
    readPercent: 50,
    blockBytes: 4096,
    iodepth: 4,
    rateIops: 0,
    arrivals: 'closed',
    startS: 0,
    stopS: null,
    onS: null,
    offS: null,
  }
  expect(adviceOf({ workspace: workspaceWith(greedy) })).toMatchObject({
    insatiable: ['db'],
    candidates: [],
    recommended: null,
  })
})
