import type { DeviceResult, JudgedGoal, RunResult } from './result.ts'
import { formatDurationNs, NS_PER_MS } from './units.ts'
import type { Goal, Workspace } from './workspace/workspace.ts'

const FIGURES = { 50: 'p50', 95: 'p95', 99: 'p99', 100: 'max' } as const

/** A device that did nothing keeps no promise, and breaks none: it counts as not met, so that nobody trusts it. */
export function judgeGoals(goals: readonly Goal[], { devices }: Pick<RunResult, 'devices'>): readonly JudgedGoal[] {
  return goals.map((goal) => {
    const device = Object.hasOwn(devices, goal.device) ? devices[goal.device] : undefined
    const waitNs = device === undefined ? null : waitOf(device, goal)
    return { goal, waitNs, met: waitNs !== null && waitNs <= goal.waitMs * NS_PER_MS }
  })
}

function waitOf({ read, write }: DeviceResult, { percentile }: Goal): number | null {
  const busy = [read, write].filter((flow) => flow.requests > 0)
  return busy.length === 0 ? null : Math.max(...busy.map((flow) => flow.waitNs[FIGURES[percentile]]))
}

/** The result with what it says to the workspace's goals; as it is where there are none. */
export function withGoals(result: RunResult, { goals = [] }: Pick<Workspace, 'goals'>): RunResult {
  return goals.length === 0 ? result : { ...result, goals: judgeGoals(goals, result) }
}

/** `db-primary: wait p99 ≤ 50 ms`. */
export function goalWords(goal: Goal): string {
  return `${goal.device}: ${promiseWords(goal)}`
}

/** `wait p99 ≤ 50 ms`, `longest wait ≤ 1 s`: without its device. */
export function promiseWords({ percentile, waitMs }: Goal): string {
  return `${percentile === 100 ? 'longest wait' : `wait p${percentile}`} ≤ ${formatDurationNs(waitMs * NS_PER_MS)}`
}

/** `met, 31 ms`, `missed, 170 ms`, `missed: no request`. */
export function verdictWords({ met, waitNs }: JudgedGoal): string {
  if (waitNs === null) return 'missed: no request'
  return `${met ? 'met' : 'missed'}, ${formatDurationNs(waitNs)}`
}
