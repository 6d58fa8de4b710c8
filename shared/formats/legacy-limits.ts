import { BUCKETS, type Bucket, type LimitKey, type Limits, lengthKey, limitOf, maxKey } from '../throttle/limits.ts'

// The names that `block_set_io_throttle` takes and `query-block` gives: `iops_rd_max_length` for `iops-read-max-length`.

export const LEGACY_STEMS: Readonly<Record<Bucket, string>> = {
  'bps-total': 'bps',
  'bps-read': 'bps_rd',
  'bps-write': 'bps_wr',
  'iops-total': 'iops',
  'iops-read': 'iops_rd',
  'iops-write': 'iops_wr',
}

/** Every legacy name with the limit it stands for, in the order of QEMU's schema: averages, maxima, lengths, size. */
export const LEGACY_LIMITS: ReadonlyMap<string, LimitKey> = new Map<string, LimitKey>([
  ...BUCKETS.map((bucket) => [LEGACY_STEMS[bucket], bucket] as const),
  ...BUCKETS.map((bucket) => [`${LEGACY_STEMS[bucket]}_max`, maxKey(bucket)] as const),
  ...BUCKETS.map((bucket) => [`${LEGACY_STEMS[bucket]}_max_length`, lengthKey(bucket)] as const),
  ['iops_size', 'iops-size'],
])

/** The throttle members of `inserted` in `query-block`: always the averages, each burst only if set, a length only beside its burst. */
export function legacyView(limits: Limits): Record<string, number> {
  const view: Record<string, number> = {}
  for (const bucket of BUCKETS) view[LEGACY_STEMS[bucket]] = limitOf(limits, bucket)
  for (const bucket of BUCKETS) {
    if (limitOf(limits, maxKey(bucket)) === 0) continue
    view[`${LEGACY_STEMS[bucket]}_max`] = limitOf(limits, maxKey(bucket))
    view[`${LEGACY_STEMS[bucket]}_max_length`] = limitOf(limits, lengthKey(bucket))
  }
  if (limitOf(limits, 'iops-size') !== 0) view.iops_size = limitOf(limits, 'iops-size')
  return view
}

/** The arguments of a `block_set_io_throttle` that sets exactly `limits`: all six averages, the rest where it is not the default. */
export function legacyArguments(limits: Limits): Record<string, number> {
  const view = legacyView(limits)
  for (const bucket of BUCKETS) {
    const length = `${LEGACY_STEMS[bucket]}_max_length`
    if (view[length] === 1) delete view[length]
  }
  return view
}

/** The limits that such arguments set; names that are no limit are left to the caller. Absent ones are the default, not kept. */
export function limitsOfLegacy(values: Readonly<Record<string, unknown>>): Limits {
  const limits: Partial<Record<LimitKey, number>> = {}
  for (const [name, key] of LEGACY_LIMITS) {
    const value = values[name]
    if (typeof value === 'number') limits[key] = value
  }
  return limits
}
