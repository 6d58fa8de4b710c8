import type { BucketAdvice } from '#main/advise/fleet-advice.ts'
import type { Limits } from '#shared/throttle/limits.ts'

// What the history of a fleet says of each VM and group.

export interface GroupVerdict {
  readonly group: string
  readonly disks: readonly string[]
  readonly limits: Limits
  readonly proposed: Limits
  readonly buckets: readonly BucketAdvice[]
  /** How often the limits were changed in the period: figures from before are of other limits. */
  readonly changes: number
}

export interface VmVerdict {
  readonly domain: string
  readonly instance: string
  readonly groups: readonly GroupVerdict[]
  /** Every disk with its groups, the guest's side first; none: it has no limits. */
  readonly disks: Readonly<Record<string, readonly string[]>>
}
