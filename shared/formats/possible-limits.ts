import { assert } from '../assert.ts'
import {
  canonicalLimits,
  defaultLimit,
  isLengthKey,
  LIMIT_KEYS,
  type LimitKey,
  type Limits,
  limitOf,
  MAX_LENGTH_S,
  MAX_RATE,
} from '../throttle/limits.ts'
import { firstBreach } from '../throttle/rules.ts'
import { formatPath } from '../workspace/zod-issues.ts'
import type { Loss } from './format.ts'

interface Finding {
  /** Of the limits in the workspace. */
  readonly path: readonly string[]
  /** Numbers that are not exact, as they are written. */
  readonly huge: ReadonlyMap<number, string>
  readonly losses: Loss[]
}

/** What QEMU could have in force: limits that break its rules are taken out one by one, each with QEMU's reason. */
export function possibleLimits(found: Limits, { path, huge, losses }: Finding): Limits {
  const limits: Partial<Record<LimitKey, number>> = {}
  const drop = (key: LimitKey, value: number, why: string): void => {
    const written = huge.get(value) ?? value
    losses.push({
      path: formatPath([...path, key]),
      kind: 'dropped',
      message: `${written} is left out: ${why}`,
      from: written,
    })
  }
  for (const key of LIMIT_KEYS) {
    const value = limitOf(found, key)
    const most = mostOf(key)
    if (Number.isSafeInteger(value) && value >= 0 && value <= most) limits[key] = value
    else if (value !== defaultLimit(key)) drop(key, value, rangeOf(most))
  }
  for (let attempt = 0; attempt <= LIMIT_KEYS.length; attempt += 1) {
    const breach = firstBreach(limits)
    if (breach === null) return canonicalLimits(limits)
    const key = breach.keys.find((each) => limitOf(limits, each) !== defaultLimit(each)) ?? breach.keys[0]
    drop(key, limitOf(limits, key), breach.text)
    delete limits[key]
  }
  assert(false, 'taking out every limit leaves nothing that breaks a rule')
}

function mostOf(key: LimitKey): number {
  if (isLengthKey(key)) return MAX_LENGTH_S
  return key === 'iops-size' ? Number.MAX_SAFE_INTEGER : MAX_RATE
}

function rangeOf(most: number): string {
  return `a whole number from 0 to ${most} is possible${most === MAX_RATE ? ' (QEMU’s bound, 10^15)' : ''}`
}
