import type { LevelSnapshot } from '#shared/snapshot.ts'
import { formatDurationNs } from '#shared/units.ts'

// At which level of its chain a device's requests wait, and which level holds it.

/** Less than this a request waits at a level that holds nobody. */
const IDLE_NS = 20_000

/** The level where requests wait longest now; null: at none, or not known. */
export function bindingLevel(levels: readonly LevelSnapshot[] | undefined): number | null {
  let binding: number | null = null
  let most = 0
  for (const [level, { waitMeanNs, queued }] of (levels ?? []).entries()) {
    // Where nothing has gone for a second everything stands still at the level that has the queue.
    const waitNs = waitMeanNs ?? ((queued ?? 0) > 0 ? Number.POSITIVE_INFINITY : 0)
    if (waitNs <= Math.max(most, IDLE_NS)) continue
    binding = level
    most = waitNs
  }
  return binding
}

/** A request's mean wait at all levels together; null: not known at one of them. */
export function wholeWaitNs(levels: readonly Pick<LevelSnapshot, 'waitMeanNs'>[]): number | null {
  let sumNs = 0
  for (const { waitMeanNs } of levels) {
    if (waitMeanNs === null) return null
    sumNs += waitMeanNs
  }
  return levels.length === 0 ? null : sumNs
}

export interface NamedWait {
  readonly name: string
  readonly waitMeanNs: number | null
}

const UNITS_NS: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 }

/** `waits 12 ms: web01 9, own 3`: each level in the unit of the whole; null: not known. `word`: `waits ≈` for an estimate. */
export function waitWords(levels: readonly NamedWait[], word = 'waits'): string | null {
  const wholeNs = wholeWaitNs(levels)
  if (wholeNs === null) return null
  const whole = formatWait(wholeNs)
  const unitNs = UNITS_NS[whole.split(' ')[1] ?? '']
  if (unitNs === undefined) return `${word} ${whole}`
  const isLarge = wholeNs >= 10 * unitNs
  const part = (ns: number | null) => String(rounded((ns ?? 0) / unitNs, isLarge))
  return `${word} ${whole}: ${levels.map(({ name, waitMeanNs }) => `${name} ${part(waitMeanNs)}`).join(', ')}`
}

/** Two digits are enough to see at a glance, and no third one moves its neighbours: 41 ms, 1.8 ms. */
export function formatWait(ns: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ns))) - 1)
  return formatDurationNs(Math.round(ns / step) * step)
}

/** 0.33 → 0.3, 0.02 → 0; a part of a large whole as this is, without tenths: 9.04 → 9. */
function rounded(value: number, isLarge: boolean): number {
  return isLarge && value >= 0.95 ? Math.round(value) : Math.round(value * 10) / 10
}
