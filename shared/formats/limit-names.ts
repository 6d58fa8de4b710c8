import { BUCKETS, type Bucket, LIMIT_KEYS, type LimitKey, lengthKey, maxKey } from '../throttle/limits.ts'

// The names of the 19 limits in other programs. Only names; each format decides which of them its target knows.

function table(average: (bucket: Bucket) => string, size: string): Readonly<Record<LimitKey, string>> {
  return Object.fromEntries([
    ...BUCKETS.flatMap((bucket) => [
      [bucket, average(bucket)],
      [maxKey(bucket), `${average(bucket)}_max`],
      [lengthKey(bucket), `${average(bucket)}_max_length`],
    ]),
    ['iops-size', size],
  ]) as Record<LimitKey, string> // every key is listed
}

function halves(bucket: Bucket): { readonly unit: 'bps' | 'iops'; readonly half: 'total' | 'read' | 'write' } {
  const [unit, half] = bucket.split('-') as ['bps' | 'iops', 'total' | 'read' | 'write'] // how BUCKETS is spelt
  return { unit, half }
}

/** libvirt's `<iotune>` and `<throttlegroup>`; Cinder's front-end QoS without the lengths; Nova's without bursts and size. */
export const LIBVIRT_KEYS = table((bucket) => {
  const { unit, half } = halves(bucket)
  return `${half}_${unit === 'bps' ? 'bytes' : 'iops'}_sec`
}, 'size_iops_sec')

/** virsh's options: `--total-iops-sec-max-length`. */
export const VIRSH_KEYS = Object.fromEntries(
  LIMIT_KEYS.map((key) => [key, `--${LIBVIRT_KEYS[key].replaceAll('_', '-')}`]),
) as Record<LimitKey, string> // every key is listed

const SHORT = { total: '', read: '_rd', write: '_wr' } as const

/**
 * Proxmox: rates of bytes are `mbps…`, in MiB/s, while the lengths of their bursts are `bps…_max_length`. It has no
 * iops-size; the name in the table is never written.
 */
export const PROXMOX_KEYS: Readonly<Record<LimitKey, string>> = Object.fromEntries([
  ...BUCKETS.flatMap((bucket) => {
    const { unit, half } = halves(bucket)
    const rate = `${unit === 'bps' ? 'mbps' : 'iops'}${SHORT[half]}`
    return [
      [bucket, rate],
      [maxKey(bucket), `${rate}_max`],
      [lengthKey(bucket), `${unit}${SHORT[half]}_max_length`],
    ]
  }),
  ['iops-size', ''],
]) as Record<LimitKey, string> // every key is listed

/** Name → key, for reading. Empty names are left out. */
export function keysByName(names: Readonly<Record<LimitKey, string>>): ReadonlyMap<string, LimitKey> {
  return new Map(LIMIT_KEYS.filter((key) => names[key] !== '').map((key) => [names[key], key]))
}
