import type { Issue } from '../issue.ts'
import { listed } from '../listed.ts'
import { BUCKETS, type Bucket, type LimitKey, type Limits, lengthKey, limitOf, MAX_RATE, maxKey } from './limits.ts'

// QEMU's rules for a throttle configuration, in its order and with its texts (throttle_is_valid of util/throttle.c,
// as recorded from QEMU 7.2). QEMU reports the first breach only; `firstBreach` gives exactly that one, `limitIssues`
// gives every breach, so that each can stand under the field it concerns.

/** One broken rule: QEMU's text and the keys it is about, the one to mend first. */
export interface Breach {
  readonly code: string
  /** QEMU's own error text. */
  readonly text: string
  readonly keys: readonly [LimitKey, ...LimitKey[]]
  /** What would be right, in Weir's words. */
  readonly advice: string
}

const UNITS = ['bps', 'iops'] as const

function totalAndSplitBreach(limits: Limits, unit: 'bps' | 'iops', suffix: '' | '-max'): Breach | null {
  const total: LimitKey = `${unit}-total${suffix}`
  const split: LimitKey[] = [`${unit}-read${suffix}`, `${unit}-write${suffix}`]
  const used = split.filter((key) => limitOf(limits, key) !== 0)
  if (limitOf(limits, total) === 0 || used.length === 0) return null
  return {
    code: 'limits-total-and-split',
    text: 'bps/iops/max total values and read/write values cannot be used at the same time',
    keys: [total, ...used],
    advice: `keep either ${total} or ${listed(split)}`,
  }
}

function iopsSizeBreach(limits: Limits): Breach | null {
  const anyIops = BUCKETS.some((bucket) => bucket.startsWith('iops') && limitOf(limits, bucket) !== 0)
  if (limitOf(limits, 'iops-size') === 0 || anyIops) return null
  return {
    code: 'limits-iops-size-alone',
    text: 'iops size requires an iops value to be set',
    keys: ['iops-size'],
    advice: 'set iops-total, iops-read or iops-write, or leave iops-size out',
  }
}

function inRange(value: number): boolean {
  return value >= 0 && value <= MAX_RATE
}

function bucketBreach(limits: Limits, bucket: Bucket): Breach | null {
  const avg = limitOf(limits, bucket)
  const max = limitOf(limits, maxKey(bucket))
  const length = limitOf(limits, lengthKey(bucket))
  if (!inRange(avg) || !inRange(max)) {
    return {
      code: 'limits-out-of-range',
      text: 'bps/iops/max values must be within [0, 1000000000000000]',
      keys: [inRange(avg) ? maxKey(bucket) : bucket],
      advice: 'use a value from 0 (no limit) to 1000000000000000',
    }
  }
  if (length === 0) {
    return {
      code: 'limits-length-zero',
      text: 'the burst length cannot be 0',
      keys: [lengthKey(bucket)],
      advice: 'use 1 second or more, or leave the length out',
    }
  }
  if (length > 1 && max === 0) {
    return {
      code: 'limits-length-without-max',
      text: 'burst length set without burst rate',
      keys: [lengthKey(bucket), maxKey(bucket)],
      advice: `set ${maxKey(bucket)}, or leave the length out`,
    }
  }
  if (max !== 0 && length > Math.floor(MAX_RATE / max)) {
    return {
      code: 'limits-length-too-high',
      text: 'burst length too high for this burst rate',
      keys: [lengthKey(bucket), maxKey(bucket)],
      advice: `use at most ${Math.floor(MAX_RATE / max)} seconds at this burst rate`,
    }
  }
  if (max !== 0 && avg === 0) {
    return {
      code: 'limits-max-without-avg',
      text: 'bps_max/iops_max require corresponding bps/iops values',
      keys: [maxKey(bucket), bucket],
      advice: `set ${bucket} too`,
    }
  }
  if (max !== 0 && max < avg) {
    return {
      code: 'limits-max-below-avg',
      text: 'bps_max/iops_max cannot be lower than bps/iops',
      keys: [maxKey(bucket), bucket],
      advice: `use ${avg} or more, or leave the burst out`,
    }
  }
  return null
}

/** Every broken rule, in the order in which QEMU looks. */
export function limitBreaches(limits: Limits): readonly Breach[] {
  const breaches = [
    ...UNITS.map((unit) => totalAndSplitBreach(limits, unit, '')),
    ...UNITS.map((unit) => totalAndSplitBreach(limits, unit, '-max')),
    iopsSizeBreach(limits),
    ...BUCKETS.map((bucket) => bucketBreach(limits, bucket)),
  ]
  return breaches.filter((breach) => breach !== null)
}

/** The breach QEMU would report, or null if it takes `limits`. */
export function firstBreach(limits: Limits): Breach | null {
  return limitBreaches(limits)[0] ?? null
}

/** The broken rules as issues under `path`, each at the key it concerns: `groups.gold.iops-total-max`. */
export function limitIssues(limits: Limits, path: string): readonly Issue[] {
  return limitBreaches(limits).map((breach) => {
    const key = breach.keys[0]
    return {
      path: path === '' ? key : `${path}.${key}`,
      code: breach.code,
      message: `${limitOf(limits, key)} is not valid: ${breach.text}; ${breach.advice}`,
    }
  })
}
