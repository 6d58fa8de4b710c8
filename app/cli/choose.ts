import { setImmediate as turn } from 'node:timers/promises'
import { EngineError } from '#main/engine-error.ts'
import { frontierChartOf } from '#main/frontier/frontier-chart.ts'
import { type DeviceLoad, groupLoads } from '#main/frontier/group-loads.ts'
import { splitOrShare } from '#main/frontier/split.ts'
import { areAligned } from '#main/load/align.ts'
import { playedBy } from '#main/workspace/load-traces.ts'
import type { LoadFile } from '#main/workspace/read-load.ts'
import { readLoads } from '#main/workspace/read-loads.ts'
import { formatLoss } from '#shared/formats/format.ts'
import { FRONTIER_PERCENTILES, type FrontierPercentile, type WaitPromise } from '#shared/frontier.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { BUCKETS, type Bucket, limitOf } from '#shared/throttle/limits.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { membersOf } from '#shared/workspace/workspace.ts'
import { chooseJson, chooseLines, splitLines } from './choose-table.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { durationOption, optionIssue, textOption } from './options.ts'
import { readingProgress } from './reading-progress.ts'

// `weir choose`: what a load needs at every rate, so that nobody waits or few wait long.

const DEFAULT_WAIT_S = 0.01
const DEFAULT_DURATION_S = 60
const MAX_DURATION_S = 86_400
const RATES = 200

export async function choose(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, json, terminal } = call
  const asked = questionOf(call)
  if (!asked.ok) return asked
  const load = await readLoads(args, (file) => readingProgress(file, call))
  if (!load.ok) return load
  for (const loss of load.value.losses) terminal.complain(terminal.paint.warn(formatLoss(loss)))
  const group = textOption(options, 'group', null)
  const ids = chosenDevices(load.value, group)
  if (!ids.ok) return ids
  const { workspace, traces } = load.value
  const steps = groupLoads({ workspace, traces, ids: ids.value, durationS: asked.value.durationS })
  const loads = await stepByStep(steps, call)
  const limits = group === null ? {} : (workspace.groups[group] ?? {})
  const { bucket, promise } = asked.value
  const iopsSizeBytes = limitOf(limits, 'iops-size')
  const chart = frontierChartOf(loads, {
    bucket,
    iopsSizeBytes,
    rateCount: RATES,
    isAligned: alignmentOf(load.value, ids.value),
  })
  if (chart.requests === 0) {
    const message = `it has no request that ${bucket} counts; choose another --kind or load`
    return failed([{ path: '', code: 'no-requests', message }])
  }
  const split = loads.length > 1 ? splitOrShare(loads, { bucket, iopsSizeBytes, ...promise }) : null
  if (json) {
    terminal.print(JSON.stringify({ ...chooseJson(chart, promise), ...(split && { split }) }, null, 2))
    return ok(0)
  }
  const lines = [
    ...chooseLines(chart, promise, terminal.paint),
    ...(split === null ? [] : splitLines(split, chart, promise)),
  ]
  for (const line of lines) terminal.print(line)
  return ok(0)
}

/** Of the chosen devices alone, where a workspace has others. */
function alignmentOf({ workspace, traces, isAligned }: LoadFile, ids: readonly string[]): boolean | null {
  const played = playedBy(workspace, ids, traces)
  if (played.length < 2) return null
  return played.length === traces.size ? isAligned : areAligned(played)
}

interface Question {
  readonly bucket: Bucket
  readonly promise: WaitPromise
  readonly durationS: number
}

function questionOf({ options }: CommandCall): Result<Question> {
  const kind = textOption(options, 'kind', 'iops-total')
  const bucket = BUCKETS.find((name) => name === kind)
  if (bucket === undefined) return failed([optionIssue('kind', kind, `one of ${BUCKETS.join(', ')}`)])
  const percent = textOption(options, 'percentile', '99')
  const percentile = percentileOf(percent)
  if (percentile === null) {
    return failed([
      optionIssue('percentile', percent, `${FRONTIER_PERCENTILES.join(', ')} or 100, which is the longest wait`),
    ])
  }
  const waitS = durationOption(options, 'wait', DEFAULT_WAIT_S)
  if (!waitS.ok) return waitS
  const durationS = durationOption(options, 'duration', DEFAULT_DURATION_S)
  if (!durationS.ok) return durationS
  if (durationS.value > MAX_DURATION_S) {
    return failed([optionIssue('duration', textOption(options, 'duration', ''), 'at most a day: 24h')])
  }
  return ok({ bucket, promise: { percentile, waitS: waitS.value }, durationS: durationS.value })
}

function percentileOf(text: string): FrontierPercentile | 100 | null {
  return [...FRONTIER_PERCENTILES, 100 as const].find((each) => String(each) === text) ?? null
}

/** The members of the group; without one the only group that has any, or every device where none has. */
function chosenDevices({ workspace }: LoadFile, group: string | null): Result<readonly string[]> {
  const { groups, devices } = workspace
  const used = Object.keys(groups).filter((name) => devices.some((device) => isIn(device, name)))
  if (group !== null && !used.includes(group)) {
    const right =
      used.length === 0 ? 'none: no group here has a device' : `a group that has devices: ${used.join(', ')}`
    return failed([optionIssue('group', group, right)])
  }
  if (group === null && used.length > 1) {
    const message = `there are several groups; say which: ${used.join(', ')}`
    return failed([{ path: '--group', code: 'missing-option', message }])
  }
  const chosen = group ?? used[0] ?? null
  const members = membersOf(workspace, chosen)
  const ids = members.filter((device) => device.workload.kind !== 'idle')
  if (ids.length > 0) return ok(ids.map((device) => device.id))
  return failed([{ path: 'devices', code: 'no-load', message: 'no device here has a load; give one a workload' }])
}

async function stepByStep(
  steps: Generator<number, DeviceLoad[]>,
  { signal }: CommandCall,
): Promise<readonly DeviceLoad[]> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    await turn() // lets a signal in
    if (signal.aborted) throw new EngineError('cancelled', 'stopped early', 'Try a shorter --duration.')
  }
}
