import type { LimitKey } from '#shared/throttle/limits.ts'
import type { ScaledLimit } from './scaled-limit.ts'

/** Which disks of which VMs a rule is about, and what it gives them. */
export interface PolicyRule {
  readonly vms: RegExp
  /** null: whatever the title, or none. */
  readonly title: RegExp | null
  readonly disks: RegExp
  readonly sizeBytes: { readonly from: number; readonly to: number }
  /** disk: each disk by itself. vm: all disks of a VM that the rule matches share the limits. */
  readonly per: 'disk' | 'vm'
  readonly limits: ReadonlyMap<LimitKey, ScaledLimit>
}
