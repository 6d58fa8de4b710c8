import { type Interval, RECORDING_COLUMNS, RECORDING_HEAD, recordingRow } from '#shared/formats/loads/recording-rows.ts'
import { directionsOf } from '#shared/throttle/counting.ts'
import { BUCKETS, type Bucket, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { deviceColumn, groupColumn } from './columns.ts'
import { flowUse } from './group-use.ts'
import { useHost } from './host.ts'
import { hostIntervals } from './host-loads.ts'
import type { Series } from './series.ts'
import { deviceSeries, groupSeries, sampleEnd, sampleTimeNs } from './telemetry.ts'

// What a live VM's disks did while it was looked at, as the recording that `weir record` would have written: counts of
// each interval, and how far its limits were used.

/** Of all disks together: an hour of sixteen at one look a second. */
const MOST_ROWS = 57_600
/** Over a longer time nobody looked: what was done in it is not known. */
const LONGEST_INTERVAL_S = 10

const [READS, WRITES] = [deviceColumn('read-iops'), deviceColumn('write-iops')]
const UNDER_WAY = deviceColumn('under-way')
const [READ_BPS, WRITE_BPS] = [deviceColumn('read-bps'), deviceColumn('write-bps')]

/**
 * What the table of its host showed of a VM comes first; the moment in which its board was opened is left out. null: nothing
 * has been measured of them yet.
 */
export function measuredRecording(workspace: Workspace, ids: readonly string[], name: string): string | null {
  const end = sampleEnd()
  const first = Math.max(1, end - Math.floor(MOST_ROWS / Math.max(1, ids.length)))
  const opened = useHost.getState().host?.opened ?? null
  const before = opened === null ? [] : hostIntervals(opened, ids)
  const beforeS = before.at(-1)?.interval.toS ?? 0
  const rows = before.map(({ device, interval }) => recordingRow(device, interval))
  const fromNs = sampleTimeNs(first - 1)
  for (let sample = first; sample < end; sample += 1) {
    const span = {
      fromS: beforeS + (sampleTimeNs(sample - 1) - fromNs) / NS_PER_S,
      toS: beforeS + (sampleTimeNs(sample) - fromNs) / NS_PER_S,
    }
    const lengthS = span.toS - span.fromS
    if (!(lengthS > 0 && lengthS <= LONGEST_INTERVAL_S)) continue
    for (const id of ids) {
      const series = deviceSeries(id)
      const counts = countsOf(series, sample, lengthS)
      if (counts === null || counts.reads + counts.writes === 0) continue
      const limitShare = limitShareOf(workspace, id, sample)
      rows.push(recordingRow(id, { ...span, ...counts, limitShare, outstanding: underWayOf(series, sample) }))
    }
  }
  if (rows.length === 0) return null
  return `${RECORDING_HEAD}\n# ${JSON.stringify({ name })}\n${RECORDING_COLUMNS}\n${rows.join('')}`
}

/** Rates are over the time since the sample before, so that they are counts again. */
function countsOf(
  series: Series | null,
  sample: number,
  lengthS: number,
): Pick<Interval, 'reads' | 'readBytes' | 'writes' | 'writeBytes'> | null {
  const count = (column: number) => Math.round((series?.value(column, sample) ?? Number.NaN) * lengthS)
  const [reads, writes, readBytes, writeBytes] = [count(READS), count(WRITES), count(READ_BPS), count(WRITE_BPS)]
  const isKnown = [reads, writes, readBytes, writeBytes].every((value) => Number.isSafeInteger(value) && value >= 0)
  // Less than a byte for each is what rounding makes of nothing.
  return isKnown
    ? { reads, writes, readBytes: Math.max(reads, readBytes), writeBytes: Math.max(writes, writeBytes) }
    : null
}

/** Requests under way on average in the interval; null: not known. */
function underWayOf(series: Series | null, sample: number): number | null {
  const value = series?.value(UNDER_WAY, sample) ?? Number.NaN
  return Number.isFinite(value) ? value : null
}

/** The largest share of any limit over the device that was used in the interval; null: it has none. */
function limitShareOf(workspace: Workspace, id: string, sample: number): number | null {
  const shares = (findDevice(workspace, id)?.groups ?? []).flatMap((group) => {
    const series = groupSeries(group)
    const iopsSize = limitOf(workspace.groups[group] ?? {}, 'iops-size')
    return series === null ? [] : BUCKETS.map((bucket) => shareOf(series, bucket, iopsSize, sample))
  })
  const known = shares.filter((share) => share >= 0)
  return known.length === 0 ? null : Math.max(...known)
}

/** NaN where the bucket has no limit. */
function shareOf(series: Series, bucket: Bucket, iopsSize: number, sample: number): number {
  return usedBy(series, bucket, iopsSize, sample) / series.value(groupColumn(`avg:${bucket}`), sample)
}

function usedBy(series: Series, bucket: Bucket, iopsSize: number, sample: number): number {
  if (bucket === 'iops-total') return series.value(groupColumn('counted-iops'), sample)
  return directionsOf(bucket).reduce((sum, direction) => {
    const [iops, bps] = [groupColumn(`${direction}-iops`), groupColumn(`${direction}-bps`)]
    return sum + flowUse({ iops: series.value(iops, sample), bps: series.value(bps, sample) }, bucket, iopsSize)
  }, 0)
}
