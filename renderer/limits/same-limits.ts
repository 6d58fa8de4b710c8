import { type LimitKey, type Limits, limitOf } from '#shared/throttle/limits.ts'
import type { Breach } from '#shared/throttle/rules.ts'
import type { Starvation } from '#shared/throttle/starvation.ts'

interface Shown {
  readonly limits: Limits
  readonly breaches: readonly Breach[]
  readonly starvation?: readonly Starvation[]
}

/**
 * Whether a part of the panel that shows `keys` looks the same with the props `b` as with `a`. A slider's step makes new limits of
 * all of them; what shows others than the one that was moved is not drawn again. With a breach, which tells of several, all is.
 */
export function isSameWith<P extends Shown>(a: P, b: P, keys: readonly LimitKey[]): boolean {
  const { limits: before, breaches: brokenBefore, starvation: starvedBefore = [], ...restBefore } = a
  const { limits: after, breaches: brokenAfter, starvation: starvedAfter = [], ...restAfter } = b
  const others = Object.keys(restBefore) as (keyof typeof restBefore)[] // an object's own keys
  return (
    brokenBefore.length === 0 &&
    brokenAfter.length === 0 &&
    keys.every((key) => limitOf(before, key) === limitOf(after, key)) &&
    starvedBefore.length === starvedAfter.length &&
    starvedBefore.every(({ key, message }, index) => {
      const now = starvedAfter[index]
      return key === now?.key && message === now.message
    }) &&
    others.every((key) => restBefore[key] === restAfter[key])
  )
}
