import { configureGroup } from '#main/throttle/configure-group.ts'
import { memberCount, resetGroup } from '#main/throttle/group-table.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import { assert } from '#shared/assert.ts'

// The one name space of all throttle groups, whoever made them. A group made by name alone dies with its last member;
// one made as a `throttle-group` object stays, with its limits.

interface NamedGroup {
  readonly slot: number
  readonly isObject: boolean
}

export class GroupNames {
  readonly #memory: ThrottleMemory
  readonly #groups = new Map<string, NamedGroup>()
  readonly #nameOfSlot: (string | undefined)[] = []

  constructor(memory: ThrottleMemory) {
    this.#memory = memory
  }

  /** The group's slot, or -1. */
  find(name: string): number {
    return this.#groups.get(name)?.slot ?? -1
  }

  nameOf(slot: number): string {
    const name = this.#nameOfSlot[slot]
    assert(name !== undefined, 'the slot is a group in use')
    return name
  }

  /** Every name with its slot, in the order in which the groups were made. */
  slots(): ReadonlyMap<string, number> {
    return new Map([...this.#groups].map(([name, group]) => [name, group.slot]))
  }

  isObject(name: string): boolean {
    return this.#groups.get(name)?.isObject ?? false
  }

  /** The group of that name, made without limits if there is none. */
  findOrMake(name: string, nowNs: number): number {
    const slot = this.find(name)
    return slot === -1 ? this.#make(name, nowNs, { isObject: false }) : slot
  }

  makeObject(name: string, nowNs: number): number {
    return this.#make(name, nowNs, { isObject: true })
  }

  /** A member has left: forgets a group that nothing holds any more. */
  forgetIfUnused(name: string): void {
    const group = this.#groups.get(name)
    if (group === undefined || group.isObject || memberCount(this.#memory, group.slot) > 0) return
    this.#groups.delete(name)
    this.#nameOfSlot[group.slot] = undefined
  }

  #make(name: string, nowNs: number, { isObject }: { readonly isObject: boolean }): number {
    const taken = new Set([...this.#groups.values()].map((group) => group.slot))
    let slot = 0
    while (taken.has(slot)) slot += 1
    assert(slot < this.#memory.size.groups, 'there is room for another group')
    resetGroup(this.#memory, slot, nowNs)
    configureGroup(this.#memory, slot, {}, nowNs)
    this.#groups.set(name, { slot, isObject })
    this.#nameOfSlot[slot] = name
    return slot
  }
}
