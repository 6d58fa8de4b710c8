import { type Limits, MAX_RATE } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { BUCKET_OF, type Limiter, limitsOfTokenBucket } from './token-bucket.ts'

/** A limiter as a text has it: each number that is there. */
export interface FoundBucket {
  readonly size: number | null
  readonly refillMs: number | null
  readonly oneTimeBurst: number | null
  /** How the text calls it: `bw`, `ops`. */
  readonly name: string
}

/** The limits that a limiter is in QEMU's words; what they do not say is reported. */
export function readTokenBucket(draft: Draft, found: FoundBucket, limiter: Limiter, path: string): Limits {
  const { size, refillMs, oneTimeBurst, name } = found
  if (size === null && refillMs === null && oneTimeBurst === null) return {}
  if (!size || !refillMs) {
    notUnderstood(draft, path, `${name} has no ${size ? 'refill time' : 'size'}, and limits nothing`)
    return {}
  }
  if (size > MAX_RATE || size * 1000 > refillMs * MAX_RATE) {
    const message = `${name} of ${size} in ${refillMs} ms is left out: ${MAX_RATE} (10^15) is the most that QEMU takes`
    draft.losses.push({ path, kind: 'dropped', message, from: size })
    return {}
  }
  if (oneTimeBurst) {
    const message = `${name} lets ${oneTimeBurst} more go once, at the start, which QEMU has no word for`
    draft.losses.push({ path, kind: 'dropped', message, from: oneTimeBurst })
  }
  const { limits, said } = limitsOfTokenBucket({ size, refillMs }, limiter)
  for (const loss of said) draft.losses.push({ ...loss, path, message: `${BUCKET_OF[limiter]}: ${loss.message}` })
  return limits
}
