import { EventQueue } from '#main/simulate/event-queue.ts'
import { createLocalThrottleMemory } from '#main/throttle/create-memory.ts'
import { memberGroup, memberPending, resetMember } from '#main/throttle/member-table.ts'
import { fireTimer, intercept, type Throttle, type ThrottleListener } from '#main/throttle/throttle-group.ts'
import { type DirectionIndex, READ, WRITE } from '#main/throttle/throttle-memory.ts'
import { assert, assertNever } from '#shared/assert.ts'
import { blockSetIoThrottleArguments } from '#shared/qemu/qmp-commands.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { type Flow, mostRequestsOfAFlow, newFlow, totalsOf } from './flow.ts'
import { QemuConfiguration, type QemuDevice } from './qemu-configuration.ts'
import type { QemuOutcome } from './qemu-outcome.ts'
import type { Letter, ReplayAnswer } from './replay-answer.ts'
import type { Scenario, ScenarioAction, ScenarioEvent } from './scenario.ts'

// Drives the throttle through a recorded scenario in virtual time and says what QEMU would have said. The disk takes no
// time (null-co), so a request is complete at the instant at which it is let go, in that order.
//
// Timers due at t fire before anything that is submitted at t, and again between two submissions at t.

const LETTERS: readonly Letter[] = ['r', 'w']

/** Where a member is: its device, and how many filters lie before it (-1: it is the backend). */
interface Place {
  readonly device: number
  readonly filter: number
}

/** A request on its way from one throttle of its device to the next. */
interface GoingOn {
  readonly device: number
  readonly direction: DirectionIndex
  /** Index of the filter that it meets next. */
  readonly filter: number
}

/**
 * What `blockdev-reopen` drains before it does anything, also when it then fails: the node it names (QEMU 7.2), or every node
 * of the VM (10.0 and newer).
 */
export type ReopenDrains = 'its-node' | 'every-node'

export class Replay {
  readonly throttle: Throttle
  readonly queue: EventQueue
  nowNs = 0
  readonly #scenario: Scenario
  readonly #reopenDrains: ReopenDrains
  readonly #configuration: QemuConfiguration
  /** By device * 2 + direction. */
  readonly #flows: readonly Flow[]
  readonly #order: (readonly [number, string, Letter, number])[] = []
  readonly #configEvents: ({ readonly event: number } & QemuOutcome)[] = []
  /** What was let go and has not met the next filter, in that order. */
  readonly #goingOn: GoingOn[] = []
  /** By member. */
  readonly #places: Place[] = []
  readonly #members: readonly QemuDevice[]
  readonly #deviceIndex: ReadonlyMap<string, number>

  constructor(scenario: Scenario, reopenDrains: ReopenDrains = scenario.qemu === '7.2' ? 'its-node' : 'every-node') {
    const devices = scenario.devices
    const groups = devices.length + Object.keys(scenario.groups).length + scenario.events.length
    this.#scenario = scenario
    this.#reopenDrains = reopenDrains
    this.#flows = devices.flatMap(({ groups: chain }) => [newFlow(chain.length), newFlow(chain.length)])
    this.#members = devices.map(({ id, groups: chain }, device) => ({
      id,
      backend: this.#places.push({ device, filter: -1 }) - 1,
      filters: scenario.style === 'legacy' ? [] : chain.map((_, filter) => this.#places.push({ device, filter }) - 1),
    }))
    this.#deviceIndex = new Map(devices.map((device, index) => [device.id, index]))
    const iodepth = mostRequestsOfAFlow(scenario)
    const memory = createLocalThrottleMemory({ groups, members: this.#places.length, iodepth })
    for (let member = 0; member < this.#places.length; member += 1) resetMember(memory, member)
    this.queue = new EventQueue(groups * 2)
    this.throttle = { memory, listener: this.#listener() }
    this.#configuration = new QemuConfiguration(this.throttle, this.#members, () => this.#goOn())
    this.#configureAtStart()
  }

  /** Runs to the end. `after` is called whenever something has happened: with every timer fired and every request submitted. */
  run(after: () => void = () => {}): ReplayAnswer {
    for (const event of this.#scenario.events) {
      if (event.atNs > this.#scenario.runNs) break
      this.#fireUntil(event.atNs, after)
      this.nowNs = event.atNs
      this.#play(event, after)
    }
    this.#fireUntil(this.#scenario.runNs, after)
    this.nowNs = this.#scenario.runNs
    return this.#answer()
  }

  /** The members of a device, in the order in which a request meets them. */
  membersOf(device: number): readonly number[] {
    const { backend, filters } = this.#members[device] as QemuDevice // the device exists
    return [backend, ...filters]
  }

  /** Requests of the device and direction that were submitted and are not done. */
  outstanding(device: number, direction: DirectionIndex): number {
    const flow = this.#flow(device, direction)
    return flow.sizesBytes.length - flow.doneNs.length
  }

  #listener(): ThrottleListener {
    return {
      armed: (group, direction, _member, deadlineNs) => this.queue.set(group * 2 + direction, deadlineNs),
      disarmed: (group, direction) => this.queue.clear(group * 2 + direction),
      granted: (member, direction) => this.#passed(member, direction),
      passOn: () => this.#goOn(),
    }
  }

  #configureAtStart(): void {
    const { style, devices, groups } = this.#scenario
    const must = (outcome: QemuOutcome): void => {
      assert(outcome.ok, `the scenario's own groups are right: ${outcome.ok ? '' : outcome.desc}`)
    }
    if (style === 'filter') {
      for (const [name, limits] of Object.entries(groups)) must(this.#configuration.addGroupObject(name, limits, 0))
      for (const { id, groups: chain } of devices) must(this.#configuration.addFilters(id, chain))
      return
    }
    for (const device of devices) {
      const { id } = device
      const group = outermostGroup(device)
      const limits = group === null ? {} : (groups[group] as Limits) // parsed: it exists
      const place = group === null ? {} : { group }
      const values = { device: id, ...place, ...blockSetIoThrottleArguments(limits) }
      must(this.#configuration.blockSetIoThrottle(values, 0))
    }
  }

  #fireUntil(untilNs: number, after: () => void): void {
    while (this.queue.nextNs() <= untilNs) {
      this.nowNs = this.queue.nextNs()
      const timer = this.queue.take()
      fireTimer(this.throttle, timer >> 1, (timer & 1) as DirectionIndex, this.nowNs) // ids are group * 2 + direction
      this.#goOn()
      after()
    }
  }

  #play(event: ScenarioEvent, after: () => void): void {
    if (event.kind !== 'io') {
      this.#configEvents.push({ event: event.index, ...this.#configure(event) })
      this.#goOn()
      after()
      return
    }
    const device = this.#deviceIndex.get(event.device) as number // parsed: the device exists
    for (let request = 0; request < event.count; request += 1) {
      this.#fireUntil(this.nowNs, after)
      this.#submit(device, event.op === 'read' ? READ : WRITE, event.bytes)
      after()
    }
  }

  #configure(action: Exclude<ScenarioAction, { kind: 'io' }>): QemuOutcome {
    switch (action.kind) {
      case 'set-io-throttle':
        return this.#configuration.blockSetIoThrottle(withAverages(action.values), this.nowNs)
      case 'qom-set-limits':
        return this.#configuration.qomSetLimits(action.group, action.values, this.nowNs)
      case 'reopen':
        if (this.#reopenDrains === 'every-node') this.#configuration.drainAll(this.nowNs)
        return this.#configuration.reopenFilter(action, this.nowNs)
      case 'drain-all':
        return this.#configuration.drainAll(this.nowNs)
      default:
        return assertNever(action)
    }
  }

  #flow(device: number, direction: DirectionIndex): Flow {
    return this.#flows[device * 2 + direction] as Flow // one per device and direction
  }

  #submit(device: number, direction: DirectionIndex, bytes: number): void {
    this.#flow(device, direction).sizesBytes.push(bytes)
    const [backend] = this.membersOf(device) as [number]
    const limited = memberGroup(this.throttle.memory, backend) !== -1
    if (limited && !intercept(this.throttle, backend, direction, bytes, this.nowNs)) return
    this.#passed(backend, direction)
    this.#goOn()
  }

  /** The first waiting request of `member` was let go: it meets the filter under it, or is done. */
  #passed(member: number, direction: DirectionIndex): void {
    const { device, filter } = this.#places[member] as Place // every member has one
    if (filter + 1 < this.membersOf(device).length - 1) this.#goingOn.push({ device, direction, filter: filter + 1 })
    else this.#complete(device, direction)
  }

  #goOn(): void {
    for (let next = this.#goingOn.shift(); next !== undefined; next = this.#goingOn.shift()) this.#descend(next)
  }

  /** From `filter` on down, as far as the request is let go at once. */
  #descend({ device, direction, filter }: GoingOn): void {
    const flow = this.#flow(device, direction)
    const filters = this.membersOf(device).slice(1)
    for (let level = filter; level < filters.length; level += 1) {
      const met = flow.metFilter[level]! // one count for each
      flow.metFilter[level] = met + 1
      const bytes = flow.sizesBytes[met]! // it was submitted
      if (!intercept(this.throttle, filters[level]!, direction, bytes, this.nowNs)) return
    }
    this.#complete(device, direction)
  }

  #complete(device: number, direction: DirectionIndex): void {
    const flow = this.#flow(device, direction)
    const id = this.#scenario.devices[device]?.id as string // the device exists
    this.#order.push([this.nowNs, id, LETTERS[direction] as Letter, flow.doneNs.length])
    flow.doneNs.push(this.nowNs)
  }

  #answer(): ReplayAnswer {
    const perDevice = <T>(value: (device: number, id: string) => T): Readonly<Record<string, T>> =>
      Object.fromEntries(this.#scenario.devices.map(({ id }, device) => [id, value(device, id)]))
    return {
      completions: perDevice((device) => ({
        read: this.#flow(device, READ).doneNs,
        write: this.#flow(device, WRITE).doneNs,
      })),
      order: this.#order,
      totals: perDevice((device) => totalsOf(this.#flow(device, READ), this.#flow(device, WRITE))),
      pending: perDevice((device) => ({ read: this.#pending(device, READ), write: this.#pending(device, WRITE) })),
      config_events: this.#configEvents,
      final: {
        'query-block': perDevice((_, id) => this.#configuration.queryBlock(id)),
        ...(this.#scenario.style === 'filter' && {
          'qom-limits': Object.fromEntries(
            Object.keys(this.#scenario.groups).map((name) => [name, this.#configuration.qomGetLimits(name)]),
          ),
          'throttle-group-of': Object.assign(
            {},
            ...this.#scenario.devices.map(({ id }) => this.#configuration.throttleGroupsOf(id)),
          ),
        }),
      },
    }
  }

  #pending(device: number, direction: DirectionIndex): number {
    const { memory } = this.throttle
    return this.membersOf(device).reduce((sum, member) => sum + memberPending(memory, member, direction), 0)
  }
}

/** A scenario may leave out averages; the recorder sent them as 0. */
function withAverages(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...blockSetIoThrottleArguments({}), ...values }
}

/** What QEMU answers to the scenario. */
export function replay(scenario: Scenario, reopenDrains?: ReopenDrains): ReplayAnswer {
  return new Replay(scenario, reopenDrains).run()
}
