import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { deviceOf } from './parts.ts'
import type { RequestTally } from './request-tally.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import { StaticPart } from './static-part.ts'

/** A load whose requests are gone through a block at a time, from one to the next, since nothing else concerns them. */
export interface EventlessLoad {
  /** Requests done. */
  readonly requests: number
  /** Everything up to `untilNs`, included, as often as somebody looks. The time of what comes next; Infinity: nothing does. */
  goOn(untilNs: number): number
  /** The same at the load's own event. The time of its next one; Infinity: none. */
  endBlock(nowNs: number): number
}

interface Use {
  readonly memory: ThrottleMemory
  readonly tally: RequestTally
}

/** The timers are looked through one by one; a part with many groups is better off with a queue of events. */
const MOST_GROUPS = 32

/** For the other devices of a part whose first one stands for all of them. */
const WITH_THE_FIRST: EventlessLoad = {
  requests: 0,
  goOn: () => Number.POSITIVE_INFINITY,
  endBlock: () => Number.POSITIVE_INFINITY,
}

/** By device; null: its requests are events. */
export function eventlessLoads(
  workspace: Workspace,
  devices: readonly SimulatedDevice[],
  use: Use,
): readonly (EventlessLoad | null)[] {
  const groups = Object.keys(workspace.groups).length
  if (!isStatic(workspace, devices) || groups > MOST_GROUPS) return loneLoads(workspace, devices, use)
  const part = new StaticPart(groups, devices, use)
  return devices.map((_, index) => (index === 0 ? part : WITH_THE_FIRST))
}

/** Whether no script changes the part and no load runs freely in it. */
function isStatic({ script }: Workspace, devices: readonly SimulatedDevice[]): boolean {
  if (script.length > 0) return false
  return devices.every(({ isUnlimited, groups }) => !isUnlimited && new Set(groups).size === groups.length)
}

/**
 * Loads that nothing limits and that have their disk to themselves, but are no closed loops that could run in whole rounds
 * (`FreeLoads`): they pause, have a ceiling, or come from outside. Nothing that happens elsewhere concerns them.
 */
function loneLoads(
  { script }: Workspace,
  devices: readonly SimulatedDevice[],
  use: Use,
): readonly (EventlessLoad | null)[] {
  const queues = new Map<number, number>()
  for (const { disk } of devices) queues.set(disk, (queues.get(disk) ?? 0) + 1)
  const changed = new Set(script.map((step) => ('setLimits' in step ? '' : deviceOf(step))))
  return devices.map((device) => {
    const { isUnlimited, stream, id, disk } = device
    const isLone = isUnlimited && stream.mix === null && queues.get(disk) === 1 && !changed.has(id)
    return isLone ? new StaticPart(0, [device], use) : null
  })
}
