import type { QmpTimeouts } from '#main/qmp/qmp-client.ts'
import type { VmAddress } from '#shared/qemu/vm-address.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { ApplyJournal } from './apply-journal.ts'

/** From look to look, where nothing else is said. */
export const POLL_MS = 1000

/** For an Apply under way when the session ends: a command may take longer than whoever closes a window should wait. */
export const APPLY_PATIENCE_MS = 5000

export interface QemuSessionOptions {
  readonly address: VmAddress
  /** The document on the board, taken over if it is about this VM. null: only the VM counts. */
  readonly open?: Workspace | null
  /** Where an Apply is written down before it begins; null: nowhere. */
  readonly journal?: ApplyJournal | null
  readonly pollMs?: number
  readonly timeouts?: QmpTimeouts
}
