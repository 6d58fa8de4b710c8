import { MARK_PATHS } from '../mark.ts'
import type { JudgedGoal } from '../result.ts'
import { formatDurationNs, formatShort, NS_PER_MS } from '../units.ts'

// The small drawings in the tables of the page, and the words beside a goal. Colours follow the verdict beside them.

/** Weir's mark, as in the window. */
export const MARK = [
  '<svg width="20" height="20" viewBox="0 0 22 22" fill="none" stroke-width="2" stroke-linecap="round" aria-hidden="true">',
  `<path d="${MARK_PATHS.water}${MARK_PATHS.sluices}" stroke="#1267a8"/><path d="${MARK_PATHS.sill}" stroke="#16202b"/></svg>`,
].join('')

const GOAL = { width: 190, height: 16, goalAt: 116, end: 6 }
/** On the axis of waits, which is logarithmic: waits from the goal's hundredth to its twentyfold are told apart. */
const PX_PER_DECADE = 55

/** A goal as a mark on an axis, the wait before as a ring, the wait after as a point; `''` where nothing waits after. */
export function goalBar(goal: JudgedGoal, was: JudgedGoal | undefined): string {
  if (goal.waitNs === null) return ''
  const middle = GOAL.height / 2
  const x = (waitNs: number) => {
    const decades = waitNs <= 0 ? Number.NEGATIVE_INFINITY : Math.log10(waitNs / (goal.goal.waitMs * NS_PER_MS))
    return Math.min(GOAL.width - GOAL.end, Math.max(GOAL.end, GOAL.goalAt + decades * PX_PER_DECADE)).toFixed(1)
  }
  const now = x(goal.waitNs)
  const before = was === undefined || was.waitNs === null ? null : x(was.waitNs)
  const tone = goal.met ? 'ok' : 'no'
  return [
    `<svg width="${GOAL.width}" height="${GOAL.height}" viewBox="0 0 ${GOAL.width} ${GOAL.height}" aria-hidden="true">`,
    `<path class="track" d="M3 ${middle}H${GOAL.width - 3}"/><path class="kept" d="M3 ${middle}H${GOAL.goalAt}"/>`,
    before === null ? '' : `<path class="move ${tone}" d="M${before} ${middle}H${now}"/>`,
    `<path class="goal" d="M${GOAL.goalAt} 1V${GOAL.height - 1}"/>`,
    before === null ? '' : `<circle class="was" cx="${before}" cy="${middle}" r="4"/>`,
    `<circle class="is ${tone}" cx="${now}" cy="${middle}" r="4.5"/></svg>`,
  ].join('')
}

/** `Met, with 38 % to spare`, `Missed by 20 ms`, `Missed: no request`. */
export function spareWords({ goal, waitNs, met }: JudgedGoal): string {
  if (waitNs === null) return 'Missed: no request'
  const goalNs = goal.waitMs * NS_PER_MS
  if (!met) return `Missed by ${formatDurationNs(waitNs - goalNs)}`
  if (waitNs === 0) return 'Met: nothing waits'
  const spare = formatShort(Math.floor((1 - waitNs / goalNs) * 100))
  return spare === '0' ? 'Met, with nothing to spare' : `Met, with ${spare} % to spare`
}

const CHANGE = { width: 110, height: 14, axisAt: 55, longest: 50 }

/** A change of `change` (0.5: half more) as a bar from an axis; `most` is the change that takes the whole length. */
export function changeBar(change: number | null, most: number, tone: '' | 'good' | 'bad'): string {
  if (change === null) return ''
  const length = Math.min(1, Math.abs(change) / most) * CHANGE.longest
  const left = change < 0 ? CHANGE.axisAt - length : CHANGE.axisAt
  return [
    `<svg width="${CHANGE.width}" height="${CHANGE.height}" viewBox="0 0 ${CHANGE.width} ${CHANGE.height}" aria-hidden="true">`,
    `<rect class="bar ${tone}" x="${left.toFixed(1)}" y="3" width="${length.toFixed(1)}" height="8" rx="1"/>`,
    `<path class="axis" d="M${CHANGE.axisAt} 0V${CHANGE.height}"/></svg>`,
  ].join('')
}
