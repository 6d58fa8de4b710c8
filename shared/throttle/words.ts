import { type ByteUnits, formatBps, formatBytes, formatInteger } from '../units.ts'
import { type Bucket, isLengthKey, type LimitKey, type Limits, limitOf } from './limits.ts'

// How Weir names a limit and its value to people, wherever it tells of a change: plans, drift, comparisons, events.

const BUCKET_WORDS: Readonly<Record<Bucket, string>> = {
  'bps-total': 'bandwidth',
  'bps-read': 'read bandwidth',
  'bps-write': 'write bandwidth',
  'iops-total': 'IOPS',
  'iops-read': 'read IOPS',
  'iops-write': 'write IOPS',
}

/** As a label: `Read bandwidth`. */
export function bucketName(bucket: Bucket): string {
  const words = BUCKET_WORDS[bucket]
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

/** `IOPS`, `read bandwidth burst`, `write IOPS burst length`, `IOPS size`. */
export function limitWords(key: LimitKey): string {
  if (key === 'iops-size') return 'IOPS size'
  const bucket = key.replace(/-max(-length)?$/, '') as Bucket // a limit key is a bucket and one of three endings
  const ending = isLengthKey(key) ? ' burst length' : key.endsWith('-max') ? ' burst' : ''
  return `${BUCKET_WORDS[bucket]}${ending}`
}

/** `1 500`, `64 MiB/s`, `10 s`, `16 KiB`; 0 is `unlimited`, or `none` for bursts and sizes. */
export function formatLimit(key: LimitKey, value: number, units: ByteUnits = 'binary'): string {
  if (isLengthKey(key)) return `${formatInteger(value)} s`
  if (value === 0) return key === 'iops-size' || key.endsWith('-max') ? 'none' : 'unlimited'
  if (key === 'iops-size') return formatBytes(value, units)
  return key.startsWith('bps') ? formatBps(value, units) : formatInteger(value)
}

/** The limits of a group in one line: `IOPS 1 000, burst 4 000 for 10 s · read bandwidth 64 MiB/s`; `no limits`. */
export function limitsInWords(limits: Limits, units: ByteUnits = 'binary'): string {
  const parts = (Object.keys(BUCKET_WORDS) as Bucket[]).flatMap((bucket) => {
    const avg = limitOf(limits, bucket)
    if (avg === 0) return []
    const max = limitOf(limits, `${bucket}-max`)
    const length = limitOf(limits, `${bucket}-max-length`)
    const burst = max === 0 ? '' : `, burst ${formatLimit(bucket, max, units)}${length > 1 ? ` for ${length} s` : ''}`
    return [`${BUCKET_WORDS[bucket]} ${formatLimit(bucket, avg, units)}${burst}`]
  })
  const size = limitOf(limits, 'iops-size')
  if (size !== 0) parts.push(`counted per ${formatBytes(size, units)}`)
  return parts.length === 0 ? 'no limits' : parts.join(' · ')
}
