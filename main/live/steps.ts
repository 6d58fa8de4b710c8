import type { VmCommand } from '#shared/qemu/vm-command.ts'

// What a plan is made of, whichever port carries it out.

export interface PlanStep {
  readonly command: VmCommand
  /** Weir's names of the groups that must exist for it. */
  readonly into: readonly string[]
  /** Weir's name of the group it makes; null: none. */
  readonly makes: string | null
  /** Weir's name of an existing group whose buckets it empties; null: none. */
  readonly empties: string | null
}

export interface Steps {
  readonly steps: readonly PlanStep[]
  readonly impossible: readonly string[]
  readonly warnings: readonly string[]
  /** Groups that will be there. */
  readonly kept: ReadonlySet<string>
  /** Groups that QEMU forgets with their last disk, though nobody took them away. */
  readonly forgotten: ReadonlySet<string>
}
