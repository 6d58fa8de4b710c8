// The limits of a throttle group, in QEMU's own names (QAPI `ThrottleLimits`).
//
// Six buckets, each with an average rate, a burst rate and a burst length, and one size that makes large
// requests count as several. Rates are integers per second; `bps` is BYTES per second; 0 is "no limit".
//
//        bucket            avg             max                 length
//   'iops-total'    'iops-total'   'iops-total-max'   'iops-total-max-length'

export const BUCKETS = ['bps-total', 'bps-read', 'bps-write', 'iops-total', 'iops-read', 'iops-write'] as const
/** A bucket's name is the QAPI stem of its average. The order of `BUCKETS` is QEMU's and is used as an index everywhere. */
export type Bucket = (typeof BUCKETS)[number]

export type Direction = 'read' | 'write'
export const DIRECTIONS = ['read', 'write'] as const

export type AvgKey = Bucket
export type MaxKey = `${Bucket}-max`
export type LengthKey = `${Bucket}-max-length`
export type LimitKey = AvgKey | MaxKey | LengthKey | 'iops-size'

/** Only the keys that differ from QEMU's defaults need be there: 0 for rates and `iops-size`, 1 for lengths. */
export type Limits = Readonly<Partial<Record<LimitKey, number>>>
export type FullLimits = Readonly<Record<LimitKey, number>>

export const NO_LIMITS: Limits = {}

/** QEMU's THROTTLE_VALUE_MAX: rates, and max × length, stay at or below it. */
export const MAX_RATE = 1_000_000_000_000_000
/** `limits` of a throttle-group object takes lengths up to UINT_MAX seconds. */
export const MAX_LENGTH_S = 4_294_967_295

export function maxKey(bucket: Bucket): MaxKey {
  return `${bucket}-max`
}

export function lengthKey(bucket: Bucket): LengthKey {
  return `${bucket}-max-length`
}

/** All 19 keys in the order of QAPI's documentation: avg, max and length bucket by bucket, then `iops-size`. */
export const LIMIT_KEYS: readonly LimitKey[] = [
  ...BUCKETS.flatMap((bucket) => [bucket, maxKey(bucket), lengthKey(bucket)] as const),
  'iops-size',
]

const LIMIT_KEY_SET: ReadonlySet<string> = new Set(LIMIT_KEYS)

export function isLimitKey(text: string): text is LimitKey {
  return LIMIT_KEY_SET.has(text)
}

/** Whether the key is a bucket's average. */
export function isBucket(key: LimitKey): key is Bucket {
  return (BUCKETS as readonly LimitKey[]).includes(key)
}

export function isLengthKey(key: LimitKey): key is LengthKey {
  return key.endsWith('-max-length')
}

/** QEMU's value of a key that is not given: 1 s for a burst length, else 0. */
export function defaultLimit(key: LimitKey): number {
  return isLengthKey(key) ? 1 : 0
}

export function limitOf(limits: Limits, key: LimitKey): number {
  return limits[key] ?? defaultLimit(key)
}

/** Every key with its value. */
export function fullLimits(limits: Limits): FullLimits {
  return Object.fromEntries(LIMIT_KEYS.map((key) => [key, limitOf(limits, key)])) as unknown as FullLimits // every key is listed
}

/** Only what differs from the defaults, in `LIMIT_KEYS` order: the one spelling of a value, so equal limits print equally. */
export function canonicalLimits(limits: Limits): Limits {
  return Object.fromEntries(
    LIMIT_KEYS.filter((key) => limitOf(limits, key) !== defaultLimit(key)).map((key) => [key, limitOf(limits, key)]),
  )
}

/** By value: a missing key equals its default. Re-applying equal limits would empty the buckets, so the diff asks this first. */
export function equalLimits(a: Limits, b: Limits): boolean {
  return a === b || LIMIT_KEYS.every((key) => limitOf(a, key) === limitOf(b, key))
}

/** Whether any average is set. QEMU's `block_set_io_throttle` with none set takes the device out of its group. */
export function hasAnyLimit(limits: Limits): boolean {
  return BUCKETS.some((bucket) => limitOf(limits, bucket) !== 0)
}
