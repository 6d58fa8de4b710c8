import { stat } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import { type FactsOptions, factsAt } from '#main/frontier/facts.ts'
import { frontierChartOf } from '#main/frontier/frontier-chart.ts'
import { type DeviceLoad, groupLoads } from '#main/frontier/group-loads.ts'
import { splitOrShare } from '#main/frontier/split.ts'
import { whatIfMoved, withLoadsOf } from '#main/frontier/what-if.ts'
import { areAligned } from '#main/load/align.ts'
import type { Traces } from '#main/load/trace.ts'
import { loadTraces, playedBy } from '#main/workspace/load-traces.ts'
import { readLoad, readMeasured } from '#main/workspace/read-load.ts'
import { assert, assertNever } from '#shared/assert.ts'
import { formatIssue, ok, type Result } from '#shared/issue.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type {
  ChooseAnswer,
  ChooseLoad,
  ChooseOrder,
  NumberedAnswer,
  NumberedOrder,
  WhatIfOrder,
} from './board/choose-messages.ts'

// The thread of the Choose view: reads a load once, draws its chart, and then says of any limits what they do to it.
// Orders are answered one after the other.

const RATES = 200
/** Virtual seconds for the loads of a file that are not recordings. */
const FILE_DURATION_S = 60
/** What a quick disk does in some seconds tells as much as what it does in a minute. */
const MOST_REQUESTS = 1_000_000

let current: Current | null = null
/** What `current` was read from: the next chart of the same load reads nothing. */
let currentKey = ''

interface Current extends FactsOptions {
  readonly isAligned: boolean | null
}

interface Opened {
  readonly isAligned: boolean | null
  readonly workspace: Workspace
  readonly traces: Traces
  readonly ids: readonly string[]
  readonly durationS: number
}

async function open(load: ChooseLoad): Promise<Result<Opened>> {
  if (load.kind === 'devices') {
    const { workspace, ids, durationS } = load
    const traces = await loadTraces(workspace)
    if (!traces.ok) return traces
    const isAligned = areAligned(playedBy(workspace, ids, traces.value))
    return ok({ workspace, traces: traces.value, ids, durationS, isAligned })
  }
  const read = load.kind === 'file' ? await readLoad(load.file) : readMeasured(load.name, load.text)
  if (!read.ok) return read
  const { workspace, traces, isAligned } = read.value
  const ids = workspace.devices.filter(({ workload }) => workload.kind !== 'idle').map(({ id }) => id)
  return ok({ workspace, traces, ids, durationS: FILE_DURATION_S, isAligned })
}

async function loadOf(load: ChooseLoad): Promise<Result<Current>> {
  const key = JSON.stringify([load, await stampsOf(load)])
  if (current !== null && key === currentKey) return ok(current)
  const opened = await open(load)
  if (!opened.ok) return opened
  const { workspace, traces, ids, durationS, isAligned } = opened.value
  const loads = finished(groupLoads({ workspace, traces, ids, durationS, mostRequests: MOST_REQUESTS }))
  current = { workspace, traces, loads, durationS: Math.min(durationS, lengthS(loads)), isAligned }
  currentKey = key
  return ok(current)
}

/** Of each file that is read: what changes when it does. */
async function stampsOf(load: ChooseLoad): Promise<readonly string[]> {
  const recorded = load.kind === 'devices' ? load.workspace.devices.map(({ workload }) => workload) : []
  const traces = recorded.flatMap((workload) => (workload.kind === 'trace' ? [workload.path] : []))
  const files = load.kind === 'file' ? [load.file] : traces
  return Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => 'not there', // reading it says why
      ),
    ),
  )
}

/** Until the last request of all. */
function lengthS(loads: readonly DeviceLoad[]): number {
  return Math.max(1, ...loads.map(({ trace }) => (trace.timesNs.at(-1) ?? 0) / NS_PER_S))
}

function finished<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The devices with what they play: loads of their own, or what was measured of them. */
async function loadsOf({
  workspace,
  measured,
}: WhatIfOrder): Promise<Result<{ workspace: Workspace; traces: Traces }>> {
  if (measured !== null) {
    const read = readMeasured('what was measured', measured)
    return read.ok ? ok({ workspace: withLoadsOf(workspace, read.value.workspace), traces: read.value.traces }) : read
  }
  const traces = await loadTraces(workspace)
  return traces.ok ? ok({ workspace, traces: traces.value }) : traces
}

async function answer(order: ChooseOrder): Promise<ChooseAnswer> {
  switch (order.ask) {
    case 'chart': {
      const load = await loadOf(order.load)
      if (!load.ok) return { ok: false, message: load.issues.map(formatIssue).join('\n') }
      const { bucket, iopsSizeBytes } = order
      return {
        ok: true,
        chart: frontierChartOf(load.value.loads, {
          bucket,
          iopsSizeBytes,
          rateCount: RATES,
          isAligned: load.value.isAligned,
        }),
      }
    }
    case 'facts':
      if (current === null) return { ok: false, message: 'There is no load to analyse.' }
      return { ok: true, facts: finished(factsAt(current, order.limits)) }
    case 'split': {
      if (current === null) return { ok: false, message: 'There is no load to analyse.' }
      return { ok: true, split: current.loads.length > 1 ? splitOrShare(current.loads, order) : null }
    }
    case 'what-if': {
      const loads = await loadsOf(order)
      if (!loads.ok) return { ok: false, message: loads.issues.map(formatIssue).join('\n') }
      return { ok: true, ...finished(whatIfMoved({ ...order, ...loads.value })) }
    }
    default:
      return assertNever(order)
  }
}

assert(parentPort !== null, 'the thread has a port to its window')
const port = parentPort
let turn = Promise.resolve()
port.on('message', ({ id, order }: NumberedOrder) => {
  turn = turn
    .then(() => answer(order))
    .catch(
      (error: Error): ChooseAnswer => ({ ok: false, message: `This load could not be calculated: ${error.message}` }),
    )
    .then((said) => port.postMessage({ id, answer: said } satisfies NumberedAnswer))
})
