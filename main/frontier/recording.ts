import type { Trace } from '#main/load/trace.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import type { FrontierLevels } from '#shared/frontier.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { NS_PER_S } from '#shared/units.ts'
import { MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'
import type { WorkOf } from './arrivals.ts'
import { rankOf } from './select.ts'

// What `weir record` writes: counters of a VM's disks, interval by interval. When the requests of an interval came is not
// known, so there are two answers: as if they had come evenly, and however they came (a bound that holds for all orders).

export const RECORDING_HEAD = '# weir-recording/1'
export const RECORDING_COLUMNS = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes'

/** One interval of one disk; seconds since the recording began. */
export interface Interval {
  readonly fromS: number
  readonly toS: number
  readonly reads: number
  readonly readBytes: number
  readonly writes: number
  readonly writeBytes: number
}

/** By device, in the order of time. */
export type Recording = ReadonlyMap<string, readonly Interval[]>

const MAX_REQUESTS = 20_000_000

export function parseRecording(text: string): Result<Recording> {
  const devices = new Map<string, Interval[]>()
  let requests = 0
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#') || line.startsWith('from_s')) continue
    const row = rowOf(line)
    if (row === null) {
      const message = `${JSON.stringify(line.slice(0, 80))} is not ${RECORDING_COLUMNS}`
      return failed([{ path: `line ${index + 1}`, code: 'recording-row', message }])
    }
    requests += row.interval.reads + row.interval.writes
    if (requests > MAX_REQUESTS) {
      const message = `a recording holds at most ${MAX_REQUESTS} requests; cut it into parts`
      return failed([{ path: `line ${index + 1}`, code: 'recording-too-long', message }])
    }
    const known = devices.get(row.device)
    if (known === undefined) devices.set(row.device, [row.interval])
    else known.push(row.interval)
  }
  return ok(devices)
}

function rowOf(line: string): { readonly device: string; readonly interval: Interval } | null {
  const cells = line.trim().split(',')
  // A name may hold commas: it is what lies between two numbers and four.
  if (cells.length < 7) return null
  const numbers = [...cells.slice(0, 2), ...cells.slice(-4)].map(Number)
  const device = cells.slice(2, -4).join(',')
  const [fromS = 0, toS = 0, reads = 0, readBytes = 0, writes = 0, writeBytes = 0] = numbers
  const counts = [reads, readBytes, writes, writeBytes]
  const isRight =
    fromS >= 0 && toS > fromS && device !== '' && counts.every((count) => Number.isSafeInteger(count) && count >= 0)
  return isRight ? { device, interval: { fromS, toS, reads, readBytes, writes, writeBytes } } : null
}

/** The requests of a disk as if they had come evenly, reads and writes mixed, each of its interval's mean size. */
export function evenTrace(intervals: readonly Interval[]): Trace {
  const count = intervals.reduce((sum, { reads, writes }) => sum + reads + writes, 0)
  const timesNs = new Float64Array(new SharedArrayBuffer(count * 8))
  const sizes = new Uint32Array(new SharedArrayBuffer(count * 4))
  let next = 0
  for (const interval of intervals) {
    const { fromS, toS, reads, writes } = interval
    const all = reads + writes
    for (let index = 0; index < all; index += 1) {
      const isWrite = Math.floor(((index + 1) * writes) / all) > Math.floor((index * writes) / all)
      timesNs[next] = Math.round((fromS + ((index + 0.5) * (toS - fromS)) / all) * NS_PER_S)
      sizes[next] = meanSize(interval, isWrite ? 1 : 0) + (isWrite ? TRACE_WRITE_BIT : 0)
      next += 1
    }
  }
  return { count, timesNs, offsets: new Float64Array(count), sizes }
}

function meanSize({ reads, readBytes, writes, writeBytes }: Interval, direction: 0 | 1): number {
  const mean = direction === 1 ? writeBytes / Math.max(1, writes) : readBytes / Math.max(1, reads)
  return Math.min(MAX_REQUEST_BYTES, Math.max(1, Math.round(mean)))
}

/**
 * The levels that no order of the requests within their intervals exceeds. At worst those of one interval come at its end
 * and those of the next at its start: so all of an interval meet what the one before can have left, and none has leaked.
 */
export function mostLevels(recording: Recording, workOf: WorkOf, rates: readonly number[]): readonly FrontierLevels[] {
  const slices = slicesOf(recording, workOf)
  const requests = slices.reduce((sum, slice) => sum + slice.requests, 0)
  return rates.map((rate) => {
    let left = 0
    let beforeS = slices[0]?.fromS ?? 0
    const tops = slices.map(({ fromS, toS, units, requests: count }) => {
      const atStart = Math.max(0, left - rate * Math.max(0, fromS - beforeS))
      left = Math.max(0, atStart - rate * (toS - fromS)) + units
      beforeS = toS
      return { level: atStart + units, count }
    })
    tops.sort((a, b) => a.level - b.level)
    const at = (percent: number) => levelAtRank(tops, rankOf(percent, requests))
    return { rate, noWait: tops.at(-1)?.level ?? 0, p95: at(95), p99: at(99), p999: at(99.9) }
  })
}

interface Slice {
  readonly fromS: number
  readonly toS: number
  units: number
  requests: number
}

/** All disks together, interval by interval: they are looked at at the same moments. */
function slicesOf(recording: Recording, workOf: WorkOf): readonly Slice[] {
  const slices = new Map<number, Slice>()
  for (const intervals of recording.values()) {
    for (const interval of intervals) {
      const slice = slices.get(interval.fromS) ?? { fromS: interval.fromS, toS: interval.toS, units: 0, requests: 0 }
      for (const direction of [0, 1] as const) {
        const count = direction === 1 ? interval.writes : interval.reads
        const unit = count === 0 ? 0 : workOf(meanSize(interval, direction), direction)
        if (unit === 0) continue
        slice.units += unit * count
        slice.requests += count
      }
      slices.set(interval.fromS, slice)
    }
  }
  return [...slices.values()].filter((slice) => slice.requests > 0).sort((a, b) => a.fromS - b.fromS)
}

function levelAtRank(tops: readonly { readonly level: number; readonly count: number }[], rank: number): number {
  let seen = 0
  for (const { level, count } of tops) {
    seen += count
    if (seen > rank) return level
  }
  return 0
}
