import type { QemuState } from '#shared/ipc/contract.ts'

/** A VM that is attached, with nothing staged; `parts` is what a test is about. */
export function attachedState(parts: Partial<QemuState> = {}): QemuState {
  return {
    status: 'attached',
    address: 'unix:/run/vm.sock',
    label: 'vm-web01',
    version: '7.2.22',
    message: null,
    vmStatus: null,
    cutOff: false,
    histograms: { isOn: false, problems: [], taints: false },
    nextStart: null,
    lastSeenNs: 0,
    pollMs: 1000,
    reality: null,
    plan: { changes: [], commands: [], warnings: [], impossible: [] },
    drift: [],
    unknown: [],
    nowNs: 0,
    ...parts,
  }
}
