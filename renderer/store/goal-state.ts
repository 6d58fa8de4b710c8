import { verdictWords } from '#shared/goals.ts'
import type { JudgedGoal } from '#shared/result.ts'
import type { DeviceSnapshot } from '#shared/snapshot.ts'
import { formatDurationNs, NS_PER_MS } from '#shared/units.ts'
import type { Goal } from '#shared/workspace/workspace.ts'
import { deviceWaitNs } from './columns.ts'
import { HEAT_BUCKETS, type WaitHeat } from './wait-heat.ts'

// What is measured now says to a goal. The two percentiles that a snapshot has are judged exactly, of about the last
// second; the others by the counts of the last ten seconds, which know a wait to a power of two only.

export interface GoalState {
  readonly goal: Goal
  readonly state: 'met' | 'missed' | 'unknown'
  /** `met, 31 ms`, `missed, 131–262 ms`, `not known`. */
  readonly words: string
  /** Of what time, or why it is not known. */
  readonly about: string
}

const COUNTED_S = 10

/** The worst first: what is missed, then what is not known. */
export function worstGoal(states: readonly GoalState[]): GoalState | null {
  const order = ['missed', 'unknown', 'met'] as const
  return order.flatMap((state) => states.filter((each) => each.state === state))[0] ?? null
}

/** Judged by the result of a whole run. */
export function stateOfJudged(judged: JudgedGoal): GoalState {
  const { goal, met, waitNs } = judged
  if (waitNs === null) return unknown(goal, 'no request in this run')
  return { goal, state: met ? 'met' : 'missed', words: verdictWords(judged), about: 'over the whole run' }
}

export function goalState(goal: Goal, device: DeviceSnapshot | undefined, heat: WaitHeat | null): GoalState {
  if (device === undefined) return unknown(goal, 'nothing is measured yet')
  const isExact = goal.percentile === 50 || goal.percentile === 99
  const waitNs = isExact ? deviceWaitNs(device, goal.percentile === 50 ? 'p50' : 'p99') : null
  if (waitNs !== null) {
    const met = waitNs <= goal.waitMs * NS_PER_MS
    const words = verdictWords({ goal, met, waitNs })
    return { goal, state: met ? 'met' : 'missed', words, about: 'of about the last second' }
  }
  // A live VM tells no queue and no single wait.
  if (device.read.queued === null && device.write.queued === null) return liveState(goal, device)
  return isExact ? unknown(goal, 'no request in the last second') : countedState(goal, device, heat)
}

/** The mean is estimated. Where QEMU keeps a latency histogram, a wait is no longer than what the whole request took. */
function liveState(goal: Goal, device: DeviceSnapshot): GoalState {
  const { read, write } = device
  const mostNs = latencyNs(goal, device)
  if (mostNs !== null && mostNs <= goal.waitMs * NS_PER_MS) {
    const words = `met, latency ≤ ${formatDurationNs(mostNs)}`
    return { goal, state: 'met', words, about: 'a wait is a part of the latency that QEMU measures' }
  }
  const mean = Math.max(read.waitMeanNs ?? -1, write.waitMeanNs ?? -1)
  const why = 'QEMU does not report how long single requests wait'
  const words = mean < 0 ? 'not known' : `not known, mean ≈ ${formatDurationNs(mean)}`
  return { goal, state: 'unknown', words, about: why }
}

/** What the goal's percentile of the latency is at most, of the slower direction; null: not measured, or no such percentile. */
function latencyNs({ percentile }: Goal, { read, write }: DeviceSnapshot): number | null {
  if (percentile !== 50 && percentile !== 99) return null
  // A histogram of one direction says nothing of the other.
  if ([read, write].some((flow) => flow.latency === undefined && flow.iops > 0)) return null
  const known = [read.latency, write.latency].filter((latency) => latency != null)
  if (known.length === 0) return null
  return Math.max(
    ...known.map((latency) => latency[percentile === 50 ? 'p50' : 'p99'].toNs ?? Number.POSITIVE_INFINITY),
  )
}

function countedState(goal: Goal, device: DeviceSnapshot, heat: WaitHeat | null): GoalState {
  const bounds = heat === null ? null : percentileBounds(heat, goal.percentile)
  if (bounds === null) return unknown(goal, `no request in the last ${COUNTED_S} s`)
  const { fromNs, toNs } = bounds
  const limitNs = goal.waitMs * NS_PER_MS
  const figure = toNs === 0 ? '0' : `${formatDurationNs(fromNs)} – ${formatDurationNs(toNs)}`
  const about = `of the last ${COUNTED_S} s, from a histogram in powers of two`
  if (fromNs > limitNs) return { goal, state: 'missed', words: `missed, ${figure}`, about }
  if (toNs <= limitNs && isOfEach(goal, device)) return { goal, state: 'met', words: `met, ${figure}`, about }
  return { goal, state: 'unknown', words: `not known, ${figure}`, about }
}

/** Reads and writes are counted together, and each has to keep the goal: known of the longest wait, and where one is alone. */
function isOfEach({ percentile }: Goal, { read, write }: DeviceSnapshot): boolean {
  return percentile === 100 || read.waitP99Ns === null || write.waitP99Ns === null
}

/** Between which waits the percentile of the last seconds lies; null: no request. Both directions together. */
export function percentileBounds(
  heat: WaitHeat,
  percentile: number,
): { readonly fromNs: number; readonly toNs: number } | null {
  const counts = Array.from({ length: HEAT_BUCKETS }, (_, bucket) => {
    let sum = 0
    for (let second = heat.newest; second > heat.newest - COUNTED_S; second -= 1) sum += heat.count(second, bucket)
    return sum
  })
  const all = counts.reduce((sum, count) => sum + count, 0)
  if (all === 0) return null
  const rank = Math.max(1, Math.ceil((percentile / 100) * all))
  let seen = 0
  const bucket = counts.findIndex((count) => {
    seen += count
    return seen >= rank
  })
  return bucket === 0 ? { fromNs: 0, toNs: 0 } : { fromNs: 2 ** (bucket - 1) * 1000, toNs: 2 ** bucket * 1000 }
}

function unknown(goal: Goal, about: string): GoalState {
  return { goal, state: 'unknown', words: 'not known', about }
}
