import type { Trace, Traces } from './trace.ts'

// Recordings of counters the other way: as a trace has their requests evenly, so they may as well have come bunched. One
// interval's requests come at its end and the next one's at its start: so two of them meet the throttle together.

/** Null: every load tells when each request came. */
export function bunchedTraces(traces: Traces): Traces | null {
  if (![...traces.values()].some(isCounted)) return null
  return new Map([...traces].map(([path, trace]) => [path, isCounted(trace) ? bunchedTrace(trace) : trace]))
}

function isCounted({ about }: Trace): boolean {
  return about !== undefined && about.intervals !== null
}

function bunchedTrace(trace: Trace): Trace {
  const timesNs = new Float64Array(trace.count)
  const intervals = [...(trace.about?.intervals ?? [])].sort((a, b) => a.fromS - b.fromS)
  let index = 0
  for (const [number, { fromS, toS }] of intervals.entries()) {
    const endNs = Math.round(toS * 1e9)
    const atNs = number % 2 === 0 ? endNs : Math.round(fromS * 1e9)
    for (; index < trace.count && trace.timesNs[index]! < endNs; index += 1) timesNs[index] = atNs
  }
  timesNs.fill(timesNs[index - 1] ?? 0, index) // rounding: what would come a ns behind the last interval
  return { ...trace, timesNs }
}
