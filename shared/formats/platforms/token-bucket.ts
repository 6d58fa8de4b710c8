import {
  type Bucket,
  hasAnyLimit,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
} from '#shared/throttle/limits.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import type { Loss } from '../format.ts'
import { droppedLimits } from '../losses.ts'

// The token bucket of Firecracker and Cloud Hypervisor: `size` tokens, as many again in `refill_time` ms, drawn at any speed
// while there are some. One for bytes, one for requests, reads and writes together.
//
//      QEMU                                     token bucket
//      avg                                      size / refill_time
//      max × length, or avg / 10 without max    size
//      max, where the length is above 1 s       nothing holds a burst to a rate
//
// So a burst becomes the size, and the refill time is what makes the rate right. A bucket without a burst gets one
// second's worth: with QEMU's tenth of a second the 100 ms that an empty limiter blocks for would halve the rate.

export interface TokenBucket {
  readonly size: number
  readonly refillMs: number
}

export const BUCKET_OF = { bandwidth: 'bps-total', ops: 'iops-total' } as const
export type Limiter = keyof typeof BUCKET_OF
export const LIMITERS = ['bandwidth', 'ops'] as const

/** The refilling of a bucket without a burst. */
const PLAIN_MS = 1000

export function tokenBucket(limits: Limits, limiter: Limiter): TokenBucket | null {
  const bucket = BUCKET_OF[limiter]
  const avg = limitOf(limits, bucket)
  if (avg === 0) return null
  const burst = limitOf(limits, maxKey(bucket)) * limitOf(limits, lengthKey(bucket))
  if (burst === 0) return { size: avg, refillMs: PLAIN_MS }
  const thousandfold = BigInt(burst) * 1000n
  if (thousandfold % BigInt(avg) === 0n) return { size: burst, refillMs: Number(thousandfold / BigInt(avg)) }
  // A whole number of seconds keeps the rate exact; the burst gives way.
  const seconds = Math.max(1, Math.floor(burst / avg))
  return { size: avg * seconds, refillMs: seconds * PLAIN_MS }
}

export function hasTokenBucket(limits: Limits): boolean {
  return LIMITERS.some((limiter) => tokenBucket(limits, limiter) !== null)
}

/** What the bucket of a group cannot say. */
export function tokenBucketLosses(group: string, limits: Limits, target: string): readonly Loss[] {
  if (!hasAnyLimit(limits)) return []
  const saying: readonly Bucket[] = Object.values(BUCKET_OF)
  const says = (key: LimitKey) => saying.some((bucket) => key === bucket || key.startsWith(`${bucket}-max`))
  return [
    ...droppedLimits(limits, ['groups', group], target, says),
    ...LIMITERS.flatMap((limiter) => burstLosses(group, limits, limiter, target)),
  ]
}

function burstLosses(group: string, limits: Limits, limiter: Limiter, target: string): readonly Loss[] {
  const bucket = BUCKET_OF[limiter]
  const made = tokenBucket(limits, limiter)
  const max = limitOf(limits, maxKey(bucket))
  const length = limitOf(limits, lengthKey(bucket))
  if (made === null || max === 0) return []
  const path = (key: LimitKey) => formatPath(['groups', group, key])
  const lengthLoss: Loss = {
    path: path(lengthKey(bucket)),
    kind: 'dropped',
    message: `${target} holds a burst to no rate: the ${made.size} of it may go at once, not at ${max} a second for ${length} s`,
    from: length,
  }
  const ofLength = length > 1 ? [lengthLoss] : []
  if (made.refillMs === PLAIN_MS) {
    const message = `a burst of one second's worth is what the bucket has without it; ${max} is not written apart`
    return [...ofLength, { path: path(maxKey(bucket)), kind: 'dropped', message, from: max }]
  }
  if (made.size === max) return ofLength
  const message = `${target} has one size for a burst, rate times length, which refills within a whole number of ms: ${max} × ${length} s becomes ${made.size}`
  return [...ofLength, { path: path(maxKey(bucket)), kind: 'rounded', message, from: max, to: made.size }]
}

/** What `bucket` holds QEMU to, and what QEMU has no word for. */
export function limitsOfTokenBucket(
  { size, refillMs }: TokenBucket,
  limiter: Limiter,
): { readonly limits: Limits; readonly said: readonly Omit<Loss, 'path'>[] } {
  const bucket = BUCKET_OF[limiter]
  const [thousandfold, per] = [BigInt(size) * 1000n, BigInt(refillMs)]
  const avg = Math.max(1, Number((2n * thousandfold + per) / (2n * per)))
  const said: Omit<Loss, 'path'>[] = []
  if (BigInt(avg) * per !== thousandfold) {
    const from = (size * 1000) / refillMs
    const message = `${size} in ${refillMs} ms is ${from} a second; taken as ${avg}`
    said.push({ kind: 'rounded', message, from, to: avg })
  }
  if (size > avg && refillMs > PLAIN_MS) return { limits: { [bucket]: avg, [maxKey(bucket)]: size }, said }
  if (refillMs !== PLAIN_MS && size !== Math.floor(avg / 10)) {
    const message = `a burst of ${size} is below the rate, which QEMU has no word for: it lets a tenth of a second's worth go at once`
    said.push({ kind: 'converted', message })
  }
  return { limits: { [bucket]: avg }, said }
}

export const TOKEN_BUCKET_NOTES = [
  'A limiter without tokens blocks for 100 ms flat, so that small limits come in bursts; QEMU lets one request go after the other.',
  'Each bucket starts full and holds at least one second’s worth; QEMU’s holds a tenth of that.',
]
