import { BUCKETS, type LimitKey, type Limits, lengthKey, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { LEGACY_KEYS } from './qmp-commands.ts'

// Reading the legacy spelling of the limits: what `block_set_io_throttle` takes and `query-block` shows.

/** The limits in the order of `block_set_io_throttle`'s schema, which decides which of several errors QEMU reports. */
export const LEGACY_ORDER: readonly LimitKey[] = [
  ...BUCKETS,
  ...BUCKETS.map(maxKey),
  ...BUCKETS.map(lengthKey),
  'iops-size',
]

/** The throttle members of `inserted` in `query-block`: always the averages, each burst only if set, a length only beside its burst. */
export function legacyView(limits: Limits): Readonly<Record<string, number>> {
  const bursts = BUCKETS.filter((bucket) => limitOf(limits, maxKey(bucket)) !== 0)
  const shown: readonly LimitKey[] = [
    ...BUCKETS,
    ...bursts.flatMap((bucket) => [maxKey(bucket), lengthKey(bucket)] as const),
    ...(limitOf(limits, 'iops-size') === 0 ? [] : (['iops-size'] as const)),
  ]
  return Object.fromEntries(shown.map((key) => [LEGACY_KEYS[key], limitOf(limits, key)]))
}

/** The limits that such members stand for; others are left to the caller. Absent ones are the default, not kept. */
export function limitsOfLegacy(members: Readonly<Record<string, unknown>>): Limits {
  const given = LEGACY_ORDER.map((key) => [key, members[LEGACY_KEYS[key]]] as const)
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'number'))
}
