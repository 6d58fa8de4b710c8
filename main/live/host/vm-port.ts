import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import type { ConnectOptions } from '#main/qmp/qmp-client.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { VmState } from '#shared/host-look.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import type { StepAnswer } from '../apply-plan.ts'
import type { PlanStep } from '../steps.ts'

// What the host needs of a way to reach VMs. A folder of QMP sockets and libvirt are two. The link by which it looks at a
// VM is the one by which it lifts limits, too: a QMP socket serves one client.

export interface VmPlace {
  /** Its address, the same as long as the VM is there. */
  readonly id: string
  /** What it is called before it was asked, and if it has no name of its own. */
  readonly label: string
}

export interface LinkOptions extends ConnectOptions {
  /**
   * Whether the user allows libvirt's `qemu-monitor-command`, by which libvirt marks the domain as tainted. Asked before
   * each use; left out: never.
   */
  readonly mayTaint?: (() => boolean) | undefined
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

export interface VmPort {
  /** For people and the `host` of a look. */
  readonly name: string
  /** How long all of one look may take; left out: 3 s. */
  readonly lookMs?: number
  /** Places that exist now. Throws EngineError where they cannot be listed. */
  list(): Promise<readonly VmPlace[]>
  /** A port whose own user has allowed the taint of all its VMs does not ask `mayTaint`. */
  open(place: VmPlace, options: Pick<LinkOptions, 'mayTaint'>): Promise<VmLink>
  close(): void
}
