import { configureGroup } from '#main/throttle/configure-group.ts'
import { beginDrain, endDrain } from '#main/throttle/drain.ts'
import { armedOf } from '#main/throttle/group-table.ts'
import { memberGroup } from '#main/throttle/member-table.ts'
import { joinGroup, leaveGroup } from '#main/throttle/membership.ts'
import { readLimits } from '#main/throttle/sample-throttle.ts'
import { fireTimer, restartMember, type Throttle } from '#main/throttle/throttle-group.ts'
import { BOTH_DIRECTIONS } from '#main/throttle/throttle-memory.ts'
import { assert } from '#shared/assert.ts'
import { legacyView, limitsOfLegacy } from '#shared/qemu/legacy-limits.ts'
import { type FullLimits, fullLimits, hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { GroupNames } from './group-names.ts'
import { blockSetIoThrottleError, limitsError, limitsOf } from './qemu-arguments.ts'
import { deviceNotFound, genericError, type QemuOutcome, SUCCESS } from './qemu-outcome.ts'

// QEMU's ways to configure throttling, with its order of checks, its side effects and its errors. A device can be throttled
// at its block backend ("legacy", block_set_io_throttle) and at each of the `throttle` filter nodes under it. Each is a
// member of its own; a request passes the backend first, then the filters from the guest's side to the disk.
//
// Odd but so: block_set_io_throttle lets the device's first queued request go at once; a reopen drains even if it then
// fails; changing limits never drains; every accepted change empties the group's buckets.

export interface QemuDevice {
  readonly id: string
  /** Slot of the block backend's member. */
  readonly backend: number
  /** Slots of the filter nodes' members, the guest's side first. They count only once they are in a group. */
  readonly filters: readonly number[]
}

export class QemuConfiguration {
  readonly groups: GroupNames
  readonly #throttle: Throttle
  readonly #devices = new Map<string, QemuDevice>()
  readonly #settle: () => void

  /** `settle` sends on what was let go, to the next level of its device: QEMU does so while a drain lasts. */
  constructor(throttle: Throttle, devices: readonly QemuDevice[], settle: () => void) {
    this.#throttle = throttle
    this.#settle = settle
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
    const found = this.#devices.get(name)
    if (found === undefined) return deviceNotFound(name)
    const limits = limitsOfLegacy(values)
    const breach = firstBreach(limits)
    if (breach !== null) return genericError(breach.text)
    if (hasAnyLimit(limits)) this.#limitBackend(found, { group, fallback: name, limits }, nowNs)
    else if (this.#groupOf(found.backend) !== null) this.#leave(found, nowNs)
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

  /** `blockdev-add` of the device's `throttle` filter nodes: the one nearest the disk is made first. */
  addFilters(device: string, groups: readonly string[]): QemuOutcome {
    const { filters } = this.#device(device)
    for (let level = groups.length - 1; level >= 0; level -= 1) {
      const slot = this.groups.find(groups[level] as string) // within the chain
      if (slot === -1) return genericError(`Throttle group '${groups[level]}' does not exist`)
      joinGroup(this.#throttle.memory, slot, filters[level]!) // one for each level
    }
    return SUCCESS
  }

  /** `blockdev-reopen` of a filter node: what waits at the device, at its backend and each filter, goes at once, even if the group does not exist. */
  reopenFilter(
    { device, level, group }: { readonly device: string; readonly level: number; readonly group: string },
    nowNs: number,
  ): QemuOutcome {
    const { memory } = this.#throttle
    const member = this.#devices.get(device)?.filters[level] ?? -1
    if (member === -1 || this.#groupOf(member) === null) {
      return genericError(`Failed to find node with node-name='${filterName(device, level)}'`)
    }
    const drained = this.#limitedMembers(this.#device(device))
    this.#beginDrains(drained, nowNs)
    const slot = this.groups.find(group)
    if (slot !== -1 && slot !== memberGroup(memory, member)) {
      const old = this.groups.nameOf(memberGroup(memory, member))
      this.#stopTimers(member, nowNs)
      leaveGroup(memory, member)
      this.groups.forgetIfUnused(old)
      joinGroup(memory, slot, member)
    }
    for (const each of drained) endDrain(memory, each)
    return slot === -1 ? genericError(`Throttle group '${group}' does not exist`) : SUCCESS
  }

  /** Every drain begins, device by device and from guest to disk, before the first ends. */
  drainAll(nowNs: number): QemuOutcome {
    const members = [...this.#devices.values()].flatMap((device) => this.#limitedMembers(device))
    this.#beginDrains(members, nowNs)
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

  /** The group of each filter node of the device, by the node's name. */
  throttleGroupsOf(device: string): Readonly<Record<string, string | null>> {
    const { filters } = this.#device(device)
    return Object.fromEntries(filters.map((member, level) => [filterName(device, level), this.#groupOf(member)]))
  }

  #beginDrains(members: readonly number[], nowNs: number): void {
    for (const member of members) {
      beginDrain(this.#throttle, member, nowNs)
      this.#settle()
    }
  }

  /** Of a device that is in one group twice, a request on its way to the second level may arm the timer of the first after
      that was drained: it would fire for nobody, and ends with the membership. */
  #stopTimers(member: number, nowNs: number): void {
    const { memory } = this.#throttle
    const group = memberGroup(memory, member)
    for (const direction of BOTH_DIRECTIONS) {
      if (armedOf(memory, group, direction) === member) fireTimer(this.#throttle, group, direction, nowNs)
    }
  }

  #device(id: string): QemuDevice {
    const device = this.#devices.get(id)
    assert(device !== undefined, 'the device exists')
    return device
  }

  /** From guest to disk. */
  #limitedMembers({ backend, filters }: QemuDevice): readonly number[] {
    return [backend, ...filters].filter((member) => this.#groupOf(member) !== null)
  }

  #groupOf(member: number): string | null {
    const slot = memberGroup(this.#throttle.memory, member)
    return slot === -1 ? null : this.groups.nameOf(slot)
  }

  #limitBackend(
    device: QemuDevice,
    desired: { readonly group: string | undefined; readonly fallback: string; readonly limits: Limits },
    nowNs: number,
  ): void {
    const { memory } = this.#throttle
    const { backend: member } = device
    const current = this.#groupOf(member)
    const group = desired.group ?? current ?? desired.fallback
    if (current !== group) {
      if (current !== null) this.#leave(device, nowNs)
      joinGroup(memory, this.groups.findOrMake(group, nowNs), member)
    }
    configureGroup(memory, memberGroup(memory, member), desired.limits, nowNs)
    restartMember(this.#throttle, member, nowNs)
  }

  /** The whole device is drained for it: what waits at its filters goes, too. */
  #leave(device: QemuDevice, nowNs: number): void {
    const { memory } = this.#throttle
    const { backend } = device
    const name = this.#groupOf(backend)
    assert(name !== null, 'the backend is in a group')
    const drained = this.#limitedMembers(device)
    this.#beginDrains(drained, nowNs)
    this.#stopTimers(backend, nowNs)
    leaveGroup(memory, backend)
    this.groups.forgetIfUnused(name)
    for (const member of drained) endDrain(memory, member)
  }
}

/** The recorder's name of the node at `level`. */
function filterName(device: string, level: number): string {
  return level === 0 ? device : `${device}-${level}`
}
