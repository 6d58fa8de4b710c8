import { configureGroup } from '#main/throttle/configure-group.ts'
import { beginDrain, endDrain } from '#main/throttle/drain.ts'
import { memberGroup } from '#main/throttle/member-table.ts'
import { joinGroup, leaveGroup } from '#main/throttle/membership.ts'
import { readLimits } from '#main/throttle/sample-throttle.ts'
import { restartMember, type Throttle } from '#main/throttle/throttle-group.ts'
import { assert } from '#shared/assert.ts'
import { legacyView, limitsOfLegacy } from '#shared/qemu/legacy-limits.ts'
import { type FullLimits, fullLimits, hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { GroupNames } from './group-names.ts'
import { blockSetIoThrottleError, limitsError, limitsOf } from './qemu-arguments.ts'
import { deviceNotFound, genericError, type QemuOutcome, SUCCESS } from './qemu-outcome.ts'

// QEMU's ways to configure throttling, with its order of checks, its side effects and its errors. A device has two
// places where it can be throttled: its block backend ("legacy", block_set_io_throttle) and a `throttle` filter node
// under it. Each is a member of its own; a request passes the backend first.
//
// Odd but so: block_set_io_throttle lets the device's first queued request go at once; a reopen drains even if it then
// fails; changing limits never drains; every accepted change empties the group's buckets.

export interface QemuDevice {
  readonly id: string
  /** Slot of the block backend's member. */
  readonly backend: number
  /** Slot of the filter node's member. It counts only once it is in a group. */
  readonly filter: number
}

export class QemuConfiguration {
  readonly groups: GroupNames
  readonly #throttle: Throttle
  readonly #devices = new Map<string, QemuDevice>()

  constructor(throttle: Throttle, devices: readonly QemuDevice[]) {
    this.#throttle = throttle
    this.groups = new GroupNames(throttle.memory)
    for (const device of devices) this.#devices.set(device.id, device)
    assert(this.#devices.size === devices.length, 'each device has an id of its own')
  }

  blockSetIoThrottle(values: Readonly<Record<string, unknown>>, nowNs: number): QemuOutcome {
    const error = blockSetIoThrottleError(values)
    if (error !== null) return error
    const { device, id, group } = values as { device?: string; id?: string; group?: string } // types checked above
    const name = device ?? id
    if (name === undefined || (device !== undefined && id !== undefined)) {
      return genericError("Need exactly one of 'device' and 'id'")
    }
    const member = this.#devices.get(name)?.backend
    if (member === undefined) return deviceNotFound(name)
    const limits = limitsOfLegacy(values)
    const breach = firstBreach(limits)
    if (breach !== null) return genericError(breach.text)
    if (hasAnyLimit(limits)) this.#limitBackend(member, { group, otherwise: name, limits }, nowNs)
    else if (this.#groupOf(member) !== null) this.#leave(member, nowNs)
    return SUCCESS
  }

  /** `object-add` of a throttle-group. */
  addGroupObject(name: string, values: Readonly<Record<string, unknown>>, nowNs: number): QemuOutcome {
    const error = limitsError(values)
    if (error !== null) return error
    if (this.groups.isObject(name)) {
      return genericError(`attempt to add duplicate property '${name}' to object (type 'container')`)
    }
    if (this.groups.find(name) !== -1) return genericError('A group with this name already exists')
    const limits = limitsOf(values)
    const breach = firstBreach(limits)
    if (breach !== null) return genericError(breach.text)
    configureGroup(this.#throttle.memory, this.groups.makeObject(name, nowNs), limits, nowNs)
    return SUCCESS
  }

  /** `qom-set` of a group object's `limits`: absent members keep their value, timers keep running. */
  qomSetLimits(name: string, values: Readonly<Record<string, unknown>>, nowNs: number): QemuOutcome {
    if (!this.groups.isObject(name)) return deviceNotFound(`/objects/${name}`)
    const error = limitsError(values)
    if (error !== null) return error
    const slot = this.groups.find(name)
    const limits = { ...readLimits(this.#throttle.memory, slot), ...limitsOf(values) }
    const breach = firstBreach(limits)
    if (breach !== null) return genericError(breach.text)
    configureGroup(this.#throttle.memory, slot, limits, nowNs)
    return SUCCESS
  }

  /** `blockdev-add` of a `throttle` filter node over the device. */
  addFilter(device: string, group: string): QemuOutcome {
    const slot = this.groups.find(group)
    if (slot === -1) return genericError(`Throttle group '${group}' does not exist`)
    joinGroup(this.#throttle.memory, slot, this.#device(device).filter)
    return SUCCESS
  }

  /** `blockdev-reopen` of the filter node: its queue goes at once even if the group does not exist. */
  reopenFilter(device: string, group: string, nowNs: number): QemuOutcome {
    const { memory } = this.#throttle
    const member = this.#devices.get(device)?.filter ?? -1
    if (member === -1 || this.#groupOf(member) === null) {
      return genericError(`Failed to find node with node-name='${device}'`)
    }
    beginDrain(this.#throttle, member, nowNs)
    const slot = this.groups.find(group)
    if (slot !== -1 && slot !== memberGroup(memory, member)) {
      const old = this.groups.nameOf(memberGroup(memory, member))
      leaveGroup(memory, member)
      this.groups.forgetIfUnused(old)
      joinGroup(memory, slot, member)
    }
    endDrain(memory, member)
    return slot === -1 ? genericError(`Throttle group '${group}' does not exist`) : SUCCESS
  }

  /** Every drain begins, device by device in the order they were made, before the first ends. */
  drainAll(nowNs: number): QemuOutcome {
    const members = [...this.#devices.values()]
      .flatMap(({ backend, filter }) => [backend, filter])
      .filter((member) => this.#groupOf(member) !== null)
    for (const member of members) beginDrain(this.#throttle, member, nowNs)
    for (const member of members) endDrain(this.#throttle.memory, member)
    return SUCCESS
  }

  /** The device's throttle members in `query-block`. Limits of a filter do not show there. */
  queryBlock(device: string): Readonly<Record<string, number | string>> {
    const { backend } = this.#device(device)
    const group = this.#groupOf(backend)
    if (group === null) return legacyView({})
    return { ...legacyView(readLimits(this.#throttle.memory, memberGroup(this.#throttle.memory, backend))), group }
  }

  /** `qom-get` of a group object's `limits`. */
  qomGetLimits(name: string): FullLimits {
    assert(this.groups.isObject(name), 'the group is an object')
    return fullLimits(readLimits(this.#throttle.memory, this.groups.find(name)))
  }

  /** The group of the device's filter node, or null. */
  throttleGroupOf(device: string): string | null {
    return this.#groupOf(this.#device(device).filter)
  }

  #device(id: string): QemuDevice {
    const device = this.#devices.get(id)
    assert(device !== undefined, 'the device exists')
    return device
  }

  #groupOf(member: number): string | null {
    const slot = memberGroup(this.#throttle.memory, member)
    return slot === -1 ? null : this.groups.nameOf(slot)
  }

  #limitBackend(
    member: number,
    wish: { readonly group: string | undefined; readonly otherwise: string; readonly limits: Limits },
    nowNs: number,
  ): void {
    const { memory } = this.#throttle
    const current = this.#groupOf(member)
    const wanted = wish.group ?? current ?? wish.otherwise
    if (current !== wanted) {
      if (current !== null) this.#leave(member, nowNs)
      joinGroup(memory, this.groups.findOrMake(wanted, nowNs), member)
    }
    configureGroup(memory, memberGroup(memory, member), wish.limits, nowNs)
    restartMember(this.#throttle, member, nowNs)
  }

  #leave(member: number, nowNs: number): void {
    const { memory } = this.#throttle
    const name = this.#groupOf(member)
    assert(name !== null, 'the member is in a group')
    beginDrain(this.#throttle, member, nowNs)
    leaveGroup(memory, member)
    this.groups.forgetIfUnused(name)
    endDrain(memory, member)
  }
}
