import type { ConnectOptions } from '#main/qmp/qmp-client.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { VmState } from '#shared/host-look.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import type { StepAnswer } from './apply-plan.ts'
import type { Look } from './observer.ts'
import type { Picture } from './picture.ts'
import type { PlanStep } from './steps.ts'

// One VM as Weir reaches it: by its QMP socket, through libvirt or Proxmox. The link by which the host looks at a VM is the one
// by which it lifts limits, too: a QMP socket serves one client.

/**
 * Whether the user allows libvirt's `qemu-monitor-command`, by which libvirt marks the domain as tainted until it is shut
 * down. this-run: of the domain as it runs now; once it was started again it is another one.
 */
export type TaintLeave = 'never' | 'this-run' | 'always'

export interface LinkOptions extends ConnectOptions {
  /** Asked before each use; left out: never. */
  readonly mayTaint?: (() => TaintLeave) | undefined
}

export interface VmLink {
  /** The VM's own name; null: it has none. */
  readonly name: string | null
  readonly title: string | null
  /** Disks, groups and limits. Dearer than a look. */
  discover(): Promise<Picture>
  /** Counters. May give the same look twice where one question answers for several VMs. */
  look(nowNs: () => number): Promise<Look>
  runState(): Promise<VmState>
  /** Block jobs that run, or that are over and were not dismissed. */
  jobs(): Promise<readonly BlockJob[]>
  /** Changes the VM. One after the other; each has its answer, and none is thrown. */
  send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]>
  /** A command for QEMU's own monitor. undefined: it is not reached, or through libvirt and the user has not allowed it. */
  readonly execute?: ((command: QmpCommand, timeoutMs: number) => Promise<QmpAnswer>) | undefined
  close(): void
}
