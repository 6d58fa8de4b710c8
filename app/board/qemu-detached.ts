import type { QemuState } from '#shared/ipc/contract.ts'

/** The state of a board that no VM is attached to. */
export const DETACHED: QemuState = {
  status: 'detached',
  address: null,
  label: null,
  version: null,
  vmStatus: null,
  cutOff: false,
  histograms: { isOn: false, problems: [], taints: false },
  nextStart: null,
  message: null,
  lastSeenNs: null,
  pollMs: 0,
  reality: null,
  plan: { changes: [], commands: [], warnings: [], impossible: [] },
  drift: [],
  unknown: [],
  nowNs: 0,
}
