import type { Workspace } from '#shared/workspace/workspace.ts'
import type { LoneDevice } from './lone-device.ts'
import { deviceOf } from './parts.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import { StaticPart } from './static-part.ts'
import { areTurnsPlain, type FlowState, giveBack, takeOver, takeOverLone } from './static-stretch.ts'

// Loads whose requests are gone through a block at a time, from one to the next: a whole part, from one step of its script to
// the next, while no load of it runs freely; else single devices that nothing else concerns, for the whole run.

/** A part with more groups than this has an event for each request. */
const MOST_GROUPS = 32

export class EventlessLoads {
  readonly #state: FlowState
  readonly #groups: number
  /** By device. */
  readonly #lone: readonly (StaticPart | null)[]
  /** The whole part from the last step of the script on; null: its requests are events. */
  #stretch: StaticPart | LoneDevice | null = null
  /** One device and no script. */
  readonly #isOne: boolean
  /** Of the parts that were given back. */
  #requests = 0
  /** Whether the part can be without events at any time. */
  readonly #canBegin: boolean
  #mayBegin: boolean

  /** `isAsked`: somebody is told of every request. */
  constructor(workspace: Workspace, state: FlowState, isAsked: boolean) {
    this.#state = state
    this.#groups = Object.keys(workspace.groups).length
    this.#lone = isAsked ? [] : loneLoads(workspace, state)
    this.#canBegin =
      !isAsked && state.devices.length > 0 && this.#groups <= MOST_GROUPS && this.#lone.every((load) => load === null)
    this.#mayBegin = this.#canBegin
    const [first] = state.devices
    this.#isOne =
      workspace.script.length === 0 && state.devices.length === 1 && first!.groups.length === 1 && !first!.isDeep
  }

  /** Whether `begin` is worth a try. */
  get mayBegin(): boolean {
    return this.#mayBegin
  }

  /** Requests done. */
  get requests(): number {
    const running = (this.#stretch?.requests ?? 0) + this.#requests
    return this.#lone.reduce((sum, load) => sum + (load?.requests ?? 0), running)
  }

  /** What the device's next event concerns; null: its own load. */
  of(device: SimulatedDevice): StaticPart | LoneDevice | null {
    return this.#stretch ?? this.#lone[device.slot] ?? null
  }

  goOn(nowNs: number): void {
    this.#stretch?.goOn(nowNs)
    for (const load of this.#lone) load?.goOn(nowNs)
  }

  /** Brings the throttle's memory up to date. */
  write(): void {
    this.#stretch?.write()
  }

  /**
   * All that is due at `nowNs` has happened: from here on there is no event for each request. The time of the next event,
   * which belongs to the first device; null: there still is one for each.
   */
  begin(nowNs: number): number | null {
    const { devices, memory } = this.#state
    this.#mayBegin = devices.every(isSteady)
    if (!this.#mayBegin || !areTurnsPlain(memory)) return null
    this.#mayBegin = false
    this.#stretch = this.#isOne ? takeOverLone(this.#state, devices[0]!) : takeOver(this.#state, this.#groups, nowNs)
    return this.#stretch.endBlock(nowNs)
  }

  /** A step of the script is due at `nowNs`: requests are events again. */
  end(nowNs: number): void {
    this.#mayBegin = this.#canBegin
    if (!(this.#stretch instanceof StaticPart)) return // a device alone has no script
    this.#stretch.goOnToStep(nowNs)
    giveBack(this.#state, this.#stretch)
    this.#requests += this.#stretch.requests
    this.#stretch = null
  }
}

/** Whether its load has an event for each request, and its chain is such as a `StaticPart` knows. */
function isSteady({ runsFree, groups }: SimulatedDevice): boolean {
  return !runsFree && new Set(groups).size === groups.length
}

/**
 * Loads that nothing limits and that have their disk to themselves, but are no closed loops that could run in whole rounds
 * (`FreeLoads`): they pause, have a ceiling, or come from outside. Nothing that happens elsewhere concerns them.
 */
function loneLoads({ script }: Workspace, state: FlowState): readonly (StaticPart | null)[] {
  const { devices } = state
  const queues = new Map<number, number>()
  for (const { disk } of devices) queues.set(disk, (queues.get(disk) ?? 0) + 1)
  const changed = new Set(script.map((step) => ('setLimits' in step ? '' : deviceOf(step))))
  return devices.map((device) => {
    const { isUnlimited, stream, id, disk } = device
    const isLone = isUnlimited && stream.mix === null && queues.get(disk) === 1 && !changed.has(id)
    if (!isLone) return null
    const load = new StaticPart(0, [device], 0, state)
    load.begin()
    return load
  })
}
