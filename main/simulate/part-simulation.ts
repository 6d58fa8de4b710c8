import type { Traces } from '#main/load/trace.ts'
import { limitsEvents, movedEvent, workloadEvent } from '#main/source-events.ts'
import { RunBook } from '#main/stats/run-book.ts'
import { Sampler } from '#main/stats/sampler.ts'
import type { SlotNames } from '#main/stats/slot-names.ts'
import { configureGroup, reconfigureGroup } from '#main/throttle/configure-group.ts'
import { drainAndLeave } from '#main/throttle/drain.ts'
import { joinGroup } from '#main/throttle/membership.ts'
import { readLimits } from '#main/throttle/sample-throttle.ts'
import { assert } from '#shared/assert.ts'
import type { RunResult } from '#shared/result.ts'
import type { RunState, Snapshot, SourceEvent } from '#shared/snapshot.ts'
import { equalLimits, type Limits } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { sameChain } from '#shared/workspace/chain.ts'
import type { Workload } from '#shared/workspace/workspace.ts'
import type { Part } from './parts.ts'
import { RequestFlow } from './request-flow.ts'
import type { RequestObserver } from './request-observer.ts'
import type { SimulatedDevice } from './simulated-device.ts'

// One part of a workspace (`partsOf`) in virtual time: requests, the script's steps, what was measured. Changed limits act
// as in the lab.

export interface PartSimulationOptions {
  readonly part: Part
  readonly traces: Traces
  readonly onRequest: RequestObserver | null
}

/** What a part has to say at one moment. */
export interface PartSnapshot {
  readonly snapshot: Snapshot
  /** Of each of its events: the turn of the step that made it. */
  readonly turns: readonly number[]
}

export class PartSimulation {
  readonly #part: Part
  readonly #traces: Traces
  readonly #flow: RequestFlow
  readonly #groupSlots: ReadonlyMap<string, number>
  readonly #devices: ReadonlyMap<string, SimulatedDevice>
  readonly #sampler: Sampler
  readonly #book: RunBook
  #nextStep = 0
  #events: SourceEvent[] = []
  /** Of each event: the turn of its step. */
  #turns: number[] = []
  #revision = 0

  constructor({ part, traces, onRequest }: PartSimulationOptions) {
    const { workspace } = part
    this.#part = part
    this.#traces = traces
    this.#flow = new RequestFlow(workspace, traces, { onScript: () => this.#playStep(), onRequest })
    const { memory } = this.#flow.throttle
    this.#sampler = new Sampler(memory, this.#flow.stats)
    this.#book = new RunBook(memory, this.#flow.stats)
    this.#groupSlots = new Map(Object.keys(workspace.groups).map((name, slot) => [name, slot]))
    this.#devices = new Map(this.#flow.devices.map((device) => [device.id, device]))
    for (const [name, limits] of Object.entries(workspace.groups)) configureGroup(memory, this.#slotOf(name), limits, 0)
    for (const device of this.#flow.devices) {
      this.#join(device, device.groups)
      this.#book.enter(device, device.groups, 0)
    }
    this.#scheduleStep()
  }

  get nowNs(): number {
    return this.#flow.nowNs
  }

  /** Requests done so far. */
  get requests(): number {
    return this.#flow.requests
  }

  /** Goes on to `untilNs` through no more than `maxEvents` events: how many of these are left; -1 if it is not there yet. */
  advance(untilNs: number, maxEvents: number): number {
    return this.#flow.advance(untilNs, maxEvents)
  }

  /** What has happened since the previous snapshot. */
  snapshot(state: RunState): PartSnapshot {
    this.#flow.enterStats()
    this.#revision += 1
    const [events, turns] = [this.#events, this.#turns]
    this.#events = []
    this.#turns = []
    const snapshot = this.#sampler.sample(this.#slotNames(), {
      source: 'simulation',
      revision: this.#revision,
      appliedRevision: 0,
      state,
      nowNs: this.nowNs,
      events,
    })
    return { snapshot, turns }
  }

  /** What has happened from 0 until now. */
  result(): RunResult {
    this.#flow.enterStats()
    const { name, seed } = this.#part.workspace
    return this.#book.result(this.#slotNames(), { source: 'simulation', name, seed, nowNs: this.nowNs })
  }

  #slotOf(group: string): number {
    const slot = this.#groupSlots.get(group)
    assert(slot !== undefined, 'the workspace has the group')
    return slot
  }

  /** The innermost level first, as QEMU makes its filters. */
  #join(device: SimulatedDevice, groups: readonly string[]): void {
    const { memory } = this.#flow.throttle
    for (let level = groups.length - 1; level >= 0; level -= 1) {
      joinGroup(memory, this.#slotOf(groups[level] as string), device.members[level]!) // both have the level
    }
  }

  #deviceOf(id: string): SimulatedDevice {
    const device = this.#devices.get(id)
    assert(device !== undefined, 'the workspace has the device')
    return device
  }

  #slotNames(): SlotNames {
    return {
      groups: [...this.#groupSlots].map(([name, slot]) => ({ name, slot })),
      devices: this.#flow.devices.map((device) => ({
        id: device.id,
        slot: device.slot,
        place: this.#part.places[device.slot]!, // one per device
        groups: device.groups,
        members: device.members,
        iothread: device.iothread,
        status: device.stream.rateIops === 0 ? 'idle' : 'running',
        reason: null,
        rateIops: device.stream.rateIops,
        diskDepth: device.inFlight,
        ...(device.isUnlimited && { isUnlimited: true as const }),
        ...(device.assumedServiceUs !== null && { assumedServiceUs: device.assumedServiceUs }),
      })),
    }
  }

  #scheduleStep(): void {
    const step = this.#part.workspace.script[this.#nextStep]
    if (step !== undefined) this.#flow.setScriptNs(Math.round(step.atS * NS_PER_S))
  }

  #playStep(): void {
    const step = this.#part.workspace.script[this.#nextStep]
    assert(step !== undefined, 'the step that is due exists')
    if ('setLimits' in step) this.#setLimits(step.setLimits.group, step.setLimits.limits)
    else if ('moveDevice' in step) this.#moveDevice(step.moveDevice.device, step.moveDevice.groups)
    else this.#setWorkload(step.setWorkload.device, step.setWorkload.workload)
    this.#nextStep += 1
    this.#scheduleStep()
  }

  #note(events: readonly SourceEvent[]): void {
    const turn = this.#part.turns[this.#nextStep]! // one per step
    this.#events.push(...events)
    this.#turns.push(...events.map(() => turn))
  }

  #setLimits(group: string, limits: Limits): void {
    const { memory } = this.#flow.throttle
    const slot = this.#slotOf(group)
    const before = readLimits(memory, slot)
    if (equalLimits(before, limits)) return // each configuration empties the buckets: a fresh burst nobody asked for
    reconfigureGroup(this.#flow.throttle, slot, limits, this.nowNs)
    this.#note(limitsEvents(this.nowNs, group, before, limits))
  }

  #moveDevice(id: string, groups: readonly string[]): void {
    const device = this.#deviceOf(id)
    if (sameChain(device.groups, groups)) return
    this.#flow.beforeChange(device)
    // Outermost first: what an outer level lets go arrives at the inner ones, which drain after it.
    for (const member of device.members.slice(0, device.groups.length)) {
      drainAndLeave(this.#flow.throttle, member, this.nowNs)
    }
    this.#join(device, groups)
    this.#note([movedEvent(this.nowNs, id, device.groups, groups)])
    device.groups = groups
    this.#flow.enterStats() // the book notes what was done in the old group
    this.#book.enter(device, groups, this.nowNs)
    this.#flow.afterChange(device)
  }

  #setWorkload(id: string, workload: Workload): void {
    const device = this.#deviceOf(id)
    this.#flow.beforeChange(device)
    device.changeLoad(workload, this.nowNs, this.#traces)
    this.#note([workloadEvent(this.nowNs, id, workload)])
    this.#flow.afterChange(device)
  }
}
