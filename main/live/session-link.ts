import type { EngineError } from '#main/engine-error.ts'
import type { QmpEvent } from '#main/qmp/qmp-wire.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { StepAnswer } from './apply-plan.ts'
import type { VmLink } from './host/vm-port.ts'
import type { PlanStep } from './steps.ts'

/** A connection to one VM that also changes it: through QEMU's own socket, or through libvirt. */
export interface SessionLink extends VmLink {
  /** QEMU's: `7.2.22`. */
  readonly version: string
  /** Block jobs that run, or that are over and were not dismissed. */
  jobs(): Promise<readonly BlockJob[]>
  /** One after the other; each has its answer, and none is thrown. */
  send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]>
  /** Of QEMU's events those that come; libvirt brings none. */
  onEvent(listener: (event: QmpEvent) => void): void
  onClose(listener: (reason: EngineError) => void): void
}
