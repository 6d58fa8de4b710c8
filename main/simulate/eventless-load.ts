import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { loneLoads } from './lone-load.ts'
import type { RequestTally } from './request-tally.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import { soleLoad } from './sole-load.ts'

/** A load whose requests are gone through a block at a time, from one to the next, since nothing else concerns them. */
export interface EventlessLoad {
  /** Requests done. */
  readonly requests: number
  /** Everything up to `untilNs`, included, as often as somebody looks. The time of what comes next; Infinity: nothing does. */
  goOn(untilNs: number): number
  /** The same at the load's own event. The time of its next one; Infinity: none. */
  endBlock(nowNs: number): number
}

/** By device; null: its requests are events. */
export function eventlessLoads(
  workspace: Workspace,
  devices: readonly SimulatedDevice[],
  use: { readonly memory: ThrottleMemory; readonly tally: RequestTally },
): readonly (EventlessLoad | null)[] {
  const sole = soleLoad(workspace, devices, use)
  return sole === null ? loneLoads(workspace, devices, use.tally) : [sole]
}
