import type { Trace, Traces } from './trace.ts'

// Recorded loads that are used together keep the time that lay between them: one that began five minutes after another
// begins so much later. By the wall clock where every file says when it began, or by the clock that all disks of one file
// share. Loads of days apart are not moved: nobody means a week of silence between them.

export interface Aligned {
  readonly traces: Traces
  /** Whether they are now as far apart as they were; null: there are not two of them. */
  readonly isAligned: boolean | null
}

export function alignTraces(traces: Traces, clock: 'wall' | 'file'): Aligned {
  if (traces.size < 2) return { traces, isAligned: null }
  const begins = new Map([...traces].map(([key, trace]) => [key, beginOf(trace, clock)]))
  const known = [...begins.values()].filter((ms) => ms !== null)
  if (known.length < traces.size) return { traces, isAligned: false }
  if (clock === 'wall' && !isOneTime([...traces.values()])) return { traces, isAligned: false }
  const firstMs = known.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  const moved = [...traces].map(
    ([key, trace]) => [key, movedBy(trace, (begins.get(key) ?? firstMs) - firstMs)] as const,
  )
  return { traces: new Map(moved), isAligned: true }
}

/** Of traces that were aligned before, for a choice of them. */
export function areAligned(traces: readonly Trace[]): boolean | null {
  if (traces.length < 2) return null
  const zeros = traces.map((trace) => beginOf(trace, 'wall'))
  return zeros.every((ms) => ms !== null && Math.abs(ms - (zeros[0] ?? 0)) < EQUAL_MS)
}

/** Wall-clock times in ms hold a quarter of a µs. */
const EQUAL_MS = 0.001

function beginOf({ about }: Trace, clock: 'wall' | 'file'): number | null {
  if (about === undefined) return null
  return clock === 'wall' ? about.zeroMs : about.fileMs
}

/** Each begins before all that began earlier are over. */
function isOneTime(traces: readonly Trace[]): boolean {
  const spans = traces
    .map((trace) => ({ fromMs: beginOf(trace, 'wall') ?? 0, lengthMs: (trace.timesNs[trace.count - 1] ?? 0) / 1e6 }))
    .sort((a, b) => a.fromMs - b.fromMs)
  let endMs = Number.NEGATIVE_INFINITY
  return spans.every(({ fromMs, lengthMs }, index) => {
    const meets = index === 0 || fromMs <= endMs
    endMs = Math.max(endMs, fromMs + lengthMs)
    return meets
  })
}

function movedBy(trace: Trace, ms: number): Trace {
  const { about } = trace
  if (ms === 0 || about === undefined) return trace
  const timesNs = new Float64Array(new SharedArrayBuffer(trace.count * 8))
  const shiftNs = Math.round(ms * 1e6)
  for (let index = 0; index < trace.count; index += 1) timesNs[index] = trace.timesNs[index]! + shiftNs
  const s = ms / 1000
  const intervals = about.intervals?.map((each) => ({ ...each, fromS: each.fromS + s, toS: each.toS + s })) ?? null
  const zeroMs = about.zeroMs === null ? null : about.zeroMs - ms
  return { ...trace, timesNs, about: { ...about, zeroMs, fileMs: about.fileMs - ms, intervals } }
}
