import type { EngineError } from '#main/engine-error.ts'
import type { QmpEvent } from '#main/qmp/qmp-wire.ts'
import type { VmLink } from './vm-link.ts'

/** A connection to one VM that a session keeps: through QEMU's own socket, or through libvirt. */
export interface SessionLink extends VmLink {
  /** QEMU's: `7.2.22`. */
  readonly version: string
  /** Of QEMU's events those that come; libvirt brings none. */
  onEvent(listener: (event: QmpEvent) => void): void
  onClose(listener: (reason: EngineError) => void): void
}
