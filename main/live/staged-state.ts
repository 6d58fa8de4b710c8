import { placeDifferences, placeWords } from '#main/libvirt/three-places.ts'
import type { QemuState } from '#shared/ipc/contract.ts'
import { EMPTY_QEMU_PLAN, qemuPlan } from './plan.ts'
import type { Staging } from './staging.ts'
import { statusWords } from './vm-status.ts'

type Staged = Pick<QemuState, 'nextStart' | 'vmStatus' | 'reality' | 'plan' | 'drift' | 'unknown'>

/** What the window is told of a VM and of what is staged for it; null: it was not seen yet. */
export function stagedState(staging: Staging | null): Staged {
  if (staging === null)
    return { nextStart: null, vmStatus: null, reality: null, plan: EMPTY_QEMU_PLAN, drift: [], unknown: [] }
  const { picture, reality } = staging
  return {
    nextStart: staging.nextStart,
    vmStatus: statusWords(picture.status),
    reality,
    plan: qemuPlan(staging.plan()),
    drift: staging.drift(),
    unknown: [...picture.unknown, ...placeDifferences(picture).map((row) => `${placeWords(row)}.`)],
  }
}
