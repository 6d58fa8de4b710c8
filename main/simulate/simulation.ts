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
import type { ScriptStep, Workload, Workspace } from '#shared/workspace/workspace.ts'
import { RequestFlow, type RequestObserver } from './request-flow.ts'
import type { SimulatedDevice } from './simulated-device.ts'

// A whole workspace in virtual time: requests, the script's steps, what was measured. Equal workspaces give equal
// results, byte for byte. Changed limits act as in the lab.

export interface SimulationOptions {
  /** With absolute paths, valid. */
  readonly workspace: Workspace
  readonly traces?: Traces
  readonly onRequest?: RequestObserver
}

export class Simulation {
  readonly workspace: Workspace
  readonly #traces: Traces
  readonly #flow: RequestFlow
  readonly #groupSlots: ReadonlyMap<string, number>
  readonly #devices: ReadonlyMap<string, SimulatedDevice>
  readonly #sampler: Sampler
  readonly #book: RunBook
  readonly #steps: readonly ScriptStep[]
  #nextStep = 0
  #events: SourceEvent[] = []
  #revision = 0

  constructor({ workspace, traces = new Map(), onRequest }: SimulationOptions) {
    this.workspace = workspace
    this.#traces = traces
    this.#flow = new RequestFlow(workspace, traces, { onScript: () => this.#playSteps(), onRequest: onRequest ?? null })
    const { memory } = this.#flow.throttle
    this.#sampler = new Sampler(memory, this.#flow.stats)
    this.#book = new RunBook(memory, this.#flow.stats)
    this.#groupSlots = new Map(Object.keys(workspace.groups).map((name, slot) => [name, slot]))
    this.#devices = new Map(this.#flow.devices.map((device) => [device.id, device]))
    this.#steps = [...workspace.script].sort((a, b) => a.atS - b.atS)
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

  /** Goes on to `untilNs` through no more than `maxEvents` events. True once it is there. */
  advance(untilNs: number, maxEvents: number = Number.POSITIVE_INFINITY): boolean {
    return this.#flow.advance(untilNs, maxEvents)
  }

  /** What has happened since the previous snapshot. */
  snapshot(state: RunState): Snapshot {
    this.#flow.enterStats()
    this.#revision += 1
    const events = this.#events
    this.#events = []
    return this.#sampler.sample(this.#slotNames(), {
      source: 'simulation',
      revision: this.#revision,
      appliedRevision: 0,
      state,
      nowNs: this.nowNs,
      events,
    })
  }

  /** What has happened from 0 until now. */
  result(): RunResult {
    this.#flow.enterStats()
    const { name, seed } = this.workspace
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
        groups: device.groups,
        members: device.members,
        iothread: device.iothread,
        status: device.stream.rateIops === 0 ? 'idle' : 'running',
        reason: null,
        rateIops: device.stream.rateIops,
        ...(device.assumedServiceUs !== null && { assumedServiceUs: device.assumedServiceUs }),
      })),
    }
  }

  #scheduleStep(): void {
    const step = this.#steps[this.#nextStep]
    if (step !== undefined) this.#flow.setScriptNs(Math.round(step.atS * NS_PER_S))
  }

  #playSteps(): void {
    const step = this.#steps[this.#nextStep]
    this.#nextStep += 1
    assert(step !== undefined, 'the step that is due exists')
    if ('setLimits' in step) this.#setLimits(step.setLimits.group, step.setLimits.limits)
    else if ('moveDevice' in step) this.#moveDevice(step.moveDevice.device, step.moveDevice.groups)
    else this.#setWorkload(step.setWorkload.device, step.setWorkload.workload)
    this.#scheduleStep()
  }

  #setLimits(group: string, limits: Limits): void {
    const { memory } = this.#flow.throttle
    const slot = this.#slotOf(group)
    const before = readLimits(memory, slot)
    if (equalLimits(before, limits)) return // each configuration empties the buckets: a fresh burst nobody asked for
    reconfigureGroup(this.#flow.throttle, slot, limits, this.nowNs)
    this.#events.push(...limitsEvents(this.nowNs, group, before, limits))
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
    this.#events.push(movedEvent(this.nowNs, id, device.groups, groups))
    device.groups = groups
    this.#flow.enterStats() // the book notes what was done in the old group
    this.#book.enter(device, groups, this.nowNs)
    this.#flow.afterChange(device)
  }

  #setWorkload(id: string, workload: Workload): void {
    const device = this.#deviceOf(id)
    this.#flow.beforeChange(device)
    device.changeLoad(workload, this.nowNs, this.#traces)
    this.#events.push(workloadEvent(this.nowNs, id, workload))
    this.#flow.afterChange(device)
  }
}
