import type { HostLook } from '../host-look.ts'
import type { Alarm, AlarmEvent, AlarmRules } from './alarm.ts'
import { AlarmWatch } from './alarm-watch.ts'
import { readingOfVm } from './vm-reading.ts'

export interface VmAlarmEvent extends AlarmEvent {
  /** Its name on the host. */
  readonly vm: string
  /** Its address. */
  readonly id: string
}

/** The alarms of every VM of a host, from look to look. */
export class HostAlarms {
  #rules: AlarmRules
  readonly #vms = new Map<string, { readonly name: string; readonly watch: AlarmWatch; seenNs: number | null }>()

  constructor(rules: AlarmRules) {
    this.#rules = rules
  }

  /** Alarms that the new rules do not know end with the next look. */
  setRules(rules: AlarmRules): void {
    this.#rules = rules
    for (const { watch } of this.#vms.values()) watch.setRules(rules)
  }

  /** Id of a VM → its alarms now; VMs without are left out. */
  active(): ReadonlyMap<string, readonly Alarm[]> {
    const all = [...this.#vms].map(([id, { watch }]) => [id, watch.active] as const)
    return new Map(all.filter(([, alarms]) => alarms.length > 0))
  }

  see({ vms, nowNs }: HostLook): readonly VmAlarmEvent[] {
    const events: VmAlarmEvent[] = []
    for (const vm of vms) {
      const reading = readingOfVm(vm)
      if (reading === null) continue
      const known = this.#vms.get(vm.id) ?? { name: vm.name, watch: new AlarmWatch(this.#rules), seenNs: null }
      this.#vms.set(vm.id, known)
      // A look that was read already says nothing new; that a VM does not answer is said by the time that passes.
      if (vm.up && vm.seenNs === known.seenNs) continue
      known.seenNs = vm.seenNs
      const atNs = vm.up ? (vm.seenNs ?? nowNs) : nowNs
      events.push(...known.watch.read(reading, atNs).map((event) => ({ ...event, vm: vm.name, id: vm.id })))
    }
    const known = new Set(vms.map(({ id }) => id))
    for (const [id, { name, watch }] of this.#vms) {
      if (known.has(id)) continue
      events.push(...watch.end(nowNs).map((event) => ({ ...event, vm: name, id })))
      this.#vms.delete(id)
    }
    return events
  }
}
