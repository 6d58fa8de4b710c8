import type { GroupSnapshot } from '#shared/snapshot.ts'
import { BUCKETS, type Bucket, limitOf } from '#shared/throttle/limits.ts'
import { type ByteUnits, formatInteger, formatIops, splitBytes, splitBytesLike } from '#shared/units.ts'
import { type FlowOf, groupUse } from './group-use.ts'

// What is used of a limit, as people read it.

export interface LimitUse {
  readonly bucket: Bucket
  readonly use: number
  readonly limit: number
}

/** The limit of which most is used now; null: the group has none. */
export function tightestUse(group: GroupSnapshot, flowOf: FlowOf): LimitUse | null {
  let tightest: LimitUse | null = null
  for (const bucket of BUCKETS) {
    const limit = limitOf(group.limits, bucket)
    if (limit === 0) continue
    const use = groupUse(group, bucket, flowOf)
    if (tightest === null || use / limit > tightest.use / tightest.limit) tightest = { bucket, use, limit }
  }
  return tightest
}

/** Blue for requests and reads, orange for bytes and writes: two meters beside each other differ. */
export function toneOfUse(bucket: Bucket): 'read' | 'write' {
  return bucket.endsWith('-write') || bucket === 'bps-total' ? 'write' : 'read'
}

/** `900`, `64 MiB/s`. */
export function formatRate(bucket: Bucket, limit: number, units: ByteUnits): string {
  if (bucket.startsWith('iops')) return limit >= 100_000 ? formatIops(limit) : formatInteger(limit)
  const { value, unit } = splitBytes(limit, units)
  return `${value} ${unit}/s`
}

/** `864 / 900`, in the unit of the limit, so that the two can be compared at a glance. Without a limit: `864`. */
export function wordsOfUse({ bucket, use, limit }: LimitUse, units: ByteUnits): string {
  const { value, unit } = formatUse({ bucket, use, limit }, units)
  return limit === 0 ? `${value}${unit}` : `${value} / ${formatRate(bucket, limit, units)}`
}

function formatUse(
  { bucket, use, limit }: LimitUse,
  units: ByteUnits,
): { readonly value: string; readonly unit: string } {
  if (bucket.startsWith('iops')) return { value: limit >= 100_000 ? formatIops(use) : formatInteger(use), unit: '' }
  const { value, unit } = splitBytesLike(use, limit === 0 ? use : limit, units)
  return { value, unit: ` ${unit}/s` }
}
