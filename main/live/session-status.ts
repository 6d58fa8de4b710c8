import type { EngineError } from '#main/engine-error.ts'
import type { QemuState } from '#shared/ipc/contract.ts'

/** How well a VM is heard, and who it says it is. */
export class SessionStatus {
  status: QemuState['status'] = 'detached'
  reason: EngineError | null = null
  version: string | null = null
  label: string
  lastSeenNs: number | null = null

  constructor(label: string) {
    this.label = label
  }

  get part(): Pick<QemuState, 'status' | 'label' | 'version' | 'message' | 'lastSeenNs'> {
    const { status, label, version, reason, lastSeenNs } = this
    return { status, label, version, message: reason?.message ?? null, lastSeenNs }
  }
}
