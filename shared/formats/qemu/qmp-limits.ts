import { isLimitKey, LIMIT_KEYS, type LimitKey, type Limits } from '#shared/throttle/limits.ts'
import type { JsonObject } from '../text/json-stream.ts'

// Limits out of QMP's JSON as ThrottleLimits spells them; the legacy spelling is in legacy-limits.ts.

export interface FoundLimits {
  readonly limits: Limits
  /** Members that are no limits, or not numbers. */
  readonly others: readonly string[]
}

function collect(source: JsonObject, keyOf: (name: string) => LimitKey | null): FoundLimits {
  const limits: Partial<Record<LimitKey, number>> = {}
  const others: string[] = []
  for (const [name, value] of Object.entries(source)) {
    const key = keyOf(name)
    if (key !== null && typeof value === 'number') limits[key] = value
    else others.push(name)
  }
  return { limits, others }
}

/** ThrottleLimits: `iops-total`, …; also with `x-` in front, as options of the object. */
export function limitsOfQapi(source: JsonObject, prefix: '' | 'x-' = ''): FoundLimits {
  return collect(source, (name) => {
    const key = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    return isLimitKey(key) ? key : null
  })
}

/** `found` over what is there, as `qom-set` does it. */
export function mergeLimits(old: Limits, found: Limits): Limits {
  return Object.fromEntries(
    LIMIT_KEYS.flatMap((key) => {
      const value = found[key] ?? old[key]
      return value === undefined ? [] : [[key, value]]
    }),
  )
}
