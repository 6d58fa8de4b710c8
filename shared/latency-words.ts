import type { LatencyBounds } from './snapshot.ts'
import { formatDurationNs } from './units.ts'

/** `1.6–2 ms`, `< 10 µs`, `> 10 s`: what a histogram tells of a time. Its boundaries lie too far apart for more digits. */
export function boundsWords({ fromNs, toNs }: LatencyBounds): string {
  if (toNs === null) return `> ${short(fromNs)}`
  if (fromNs === 0) return `< ${short(toNs)}`
  const [from, to] = [short(fromNs), short(toNs)]
  const [value, unit] = from.split(/\s/)
  return unit === to.split(/\s/)[1] ? `${value}–${to}` : `${from} – ${to}`
}

function short(ns: number): string {
  return formatDurationNs(Number(ns.toPrecision(2)))
}
