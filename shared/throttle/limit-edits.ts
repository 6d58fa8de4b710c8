import { assert } from '../assert.ts'
import {
  BUCKETS,
  type Bucket,
  canonicalLimits,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
} from './limits.ts'

// What one control does to the limits of a group. A control clears what cannot stand without it (a burst without its
// limit, a length without its burst), and mends nothing else: what then breaks a rule of QEMU is shown, not guessed.

export type LimitUnit = 'bps' | 'iops'
/** `total`: one bucket for both directions; `split`: one for each. QEMU takes either, per unit. */
export type AppliesTo = 'total' | 'split'

export function bucketOf(unit: LimitUnit, direction: 'total' | 'read' | 'write'): Bucket {
  return `${unit}-${direction}`
}

/** null: no bucket of this unit has a limit or a burst, so either may be shown. */
export function appliesTo(limits: Limits, unit: LimitUnit): AppliesTo | null {
  const isUsed = (bucket: Bucket) => limitOf(limits, bucket) !== 0 || limitOf(limits, maxKey(bucket)) !== 0
  if (isUsed(bucketOf(unit, 'read')) || isUsed(bucketOf(unit, 'write'))) return 'split'
  return isUsed(bucketOf(unit, 'total')) ? 'total' : null
}

/** What the control of this one limit makes of all of them. */
export function withLimit(limits: Limits, key: LimitKey, value: number): Limits {
  const bucket = BUCKETS.find((each) => key === each || key === maxKey(each))
  if (bucket === undefined) return { ...limits, [key]: value }
  return key === bucket ? setAverage(limits, bucket, value) : setBurst(limits, bucket, value)
}

/** 0 takes the burst with it; the last IOPS limit also takes the IOPS size. */
export function setAverage(limits: Limits, bucket: Bucket, value: number): Limits {
  const next: Limits = { ...limits, [bucket]: value }
  if (value !== 0) return canonicalLimits(next)
  const bare = withoutBurst(next, bucket)
  const isCounted = (['iops-total', 'iops-read', 'iops-write'] as const).some((each) => limitOf(bare, each) !== 0)
  return canonicalLimits(isCounted || !bucket.startsWith('iops') ? bare : { ...bare, 'iops-size': 0 })
}

/** 0 takes the length with it. */
export function setBurst(limits: Limits, bucket: Bucket, value: number): Limits {
  return value === 0 ? withoutBurst(limits, bucket) : canonicalLimits({ ...limits, [maxKey(bucket)]: value })
}

export function withoutBurst(limits: Limits, bucket: Bucket): Limits {
  return canonicalLimits({ ...limits, [maxKey(bucket)]: 0, [lengthKey(bucket)]: 1 })
}

/**
 * One bucket becomes two. Each direction gets its share of the total, `readShare` of it for reads (that of the load at
 * hand), so that both together may do what they did; neither ends without a limit.
 */
export function splitTotal(limits: Limits, unit: LimitUnit, readShare: number): Limits {
  assert(readShare >= 0 && readShare <= 1, 'a share is between 0 and 1')
  const total = bucketOf(unit, 'total')
  const avg = limitOf(limits, total)
  if (avg === 0) return limits
  const share = Math.min(0.9, Math.max(0.1, readShare))
  const part = (whole: number, direction: 'read' | 'write') => {
    const reads = Math.round(whole * share)
    return whole === 0 ? 0 : Math.max(1, direction === 'read' ? reads : whole - reads)
  }
  let next: Limits = { ...limits, [total]: 0, [maxKey(total)]: 0, [lengthKey(total)]: 1 }
  for (const direction of ['read', 'write'] as const) {
    const bucket = bucketOf(unit, direction)
    next = {
      ...next,
      [bucket]: part(avg, direction),
      [maxKey(bucket)]: part(limitOf(limits, maxKey(total)), direction),
      [lengthKey(bucket)]: limitOf(limits, lengthKey(total)),
    }
  }
  return canonicalLimits(next)
}

/** Two buckets become one that holds as much as both; of a limited and an unlimited direction the limit stays. */
export function joinSplit(limits: Limits, unit: LimitUnit): Limits {
  const total = bucketOf(unit, 'total')
  const parts = (['read', 'write'] as const)
    .map((direction) => bucketOf(unit, direction))
    .map((bucket) => ({
      avg: limitOf(limits, bucket),
      max: limitOf(limits, maxKey(bucket)),
      lengthS: limitOf(limits, lengthKey(bucket)),
    }))
    .filter(({ avg }) => avg !== 0)
  const sum = (value: (part: (typeof parts)[number]) => number) => parts.reduce((all, part) => all + value(part), 0)
  const bursts = parts.filter(({ max }) => max !== 0)
  const burstSum = bursts.reduce((all, { max }) => all + max, 0)
  const pool = bursts.reduce((all, { max, lengthS }) => all + max * lengthS, 0)
  const none = (bucket: Bucket): Limits => ({ [bucket]: 0, [maxKey(bucket)]: 0, [lengthKey(bucket)]: 1 })
  return canonicalLimits({
    ...limits,
    ...none(bucketOf(unit, 'read')),
    ...none(bucketOf(unit, 'write')),
    [total]: sum(({ avg }) => avg),
    // A direction without a burst adds what it may do anyway, or the sum would break "max is not lower than avg".
    [maxKey(total)]: bursts.length === 0 ? 0 : sum(({ avg, max }) => max || avg),
    [lengthKey(total)]: bursts.length === 0 ? 1 : Math.max(1, Math.round(pool / burstSum)),
  })
}
