import { type ByteUnits, formatBps, formatBytes, formatIops, formatShort } from '../units.ts'
import type { Sentence } from './burst-words.ts'
import { requestUnits } from './counting.ts'

// What `iops-size` does to the requests at hand, in words.

export interface RequestSizes {
  readonly id: string
  readonly sizes: readonly { readonly bytes: number; readonly weight: number }[]
}

/** What one request of this load counts as on average. */
export function meanUnits(load: RequestSizes, iopsSize: number): number {
  return weightedMean(load, (bytes) => requestUnits(bytes, iopsSize))
}

const NAMED_AT_MOST = 3

/** `avg`: the IOPS limit that the counting runs against; 0: none. */
export function iopsSizeSentence(
  iopsSize: number,
  avg: number,
  loads: readonly RequestSizes[],
  bytes: ByteUnits = 'binary',
): Sentence {
  if (iopsSize === 0) return ['Off: each request counts once, however large it is.']
  const size = formatBytes(iopsSize, bytes)
  const larger = loads
    .map((load) => ({ load, units: meanUnits(load, iopsSize) }))
    .filter(({ units }) => units > 1)
    .sort((a, b) => b.units - a.units)
  const holds: Sentence =
    avg === 0 ? [] : [' Large requests are held to ', { strong: formatBps(iopsSize * avg, bytes) }, ' in all.']
  if (larger.length === 0) {
    const what = loads.length === 0 ? 'Requests' : 'No request of the load at hand is'
    return [
      loads.length === 0 ? `${what} above ${size} count as several.` : `${what} above ${size}: it changes nothing now.`,
      ...holds,
    ]
  }
  const named = larger.slice(0, NAMED_AT_MOST)
  const parts = named.flatMap(({ load, units }, index): Sentence => {
    const alone = avg === 0 ? '' : `, alone ${formatIops(avg / units)} a second at most`
    return [
      `${index === 0 ? '' : '; '}a ${formatBytes(meanBytes(load), bytes)} request of ${load.id} counts as `,
      { strong: formatShort(units) },
      alone,
    ]
  })
  const more = larger.length - named.length
  return [...capitalise(parts), more > 0 ? `; and so on for ${more} more.` : '.', ...holds]
}

function meanBytes(load: RequestSizes): number {
  return weightedMean(load, (bytes) => bytes)
}

function weightedMean({ sizes }: RequestSizes, value: (bytes: number) => number): number {
  const weight = sizes.reduce((sum, each) => sum + each.weight, 0)
  return weight === 0 ? 1 : sizes.reduce((sum, each) => sum + each.weight * value(each.bytes), 0) / weight
}

function capitalise(parts: Sentence): Sentence {
  const [first, ...rest] = parts
  return typeof first === 'string' ? [first.charAt(0).toUpperCase() + first.slice(1), ...rest] : parts
}
