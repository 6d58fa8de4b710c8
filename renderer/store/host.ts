import { create } from 'zustand'
import type { Alarm } from '#shared/alarms/alarm.ts'
import { HostAlarms } from '#shared/alarms/host-alarms.ts'
import type { HostState, VmLook } from '#shared/host-look.ts'
import { alarmRulesOf } from './alarm-rules.ts'
import { useUi } from './ui.ts'

// The host that is watched: its latest look, one a second, and the last minutes of each of its VMs.

/** Fifteen minutes of looks. */
export const TRAIL_LOOKS = 900

/** What a VM did, look by look, the newest last; NaN: not known. */
export interface Trail {
  readonly iops: Float32Array
  readonly bps: Float32Array
}

interface HostStore {
  /** null: no host is watched. */
  readonly host: HostState | null
  /** Id of the VM that is selected in the table; null: the first one. */
  readonly selected: string | null
  /** Id of a VM → its alarms now; VMs without are left out. */
  readonly alarms: ReadonlyMap<string, readonly Alarm[]>
}

const NO_ALARMS: HostStore['alarms'] = new Map()
export const useHost = create<HostStore>()(() => ({ host: null, selected: null, alarms: NO_ALARMS }))

const { setState } = useHost

let trails = new Map<string, Trail>()
let watch = new HostAlarms(alarmRulesOf(useUi.getState().settings.alarms))
let lastNs = -1
let source = ''

export function takeHost(host: HostState | null): void {
  if (host === null || host.look.host !== source || host.look.nowNs < lastNs) {
    trails = new Map()
    watch = new HostAlarms(alarmRulesOf(useUi.getState().settings.alarms))
    lastNs = -1
  }
  source = host?.look.host ?? ''
  // Opening a board tells the same look again.
  if (host !== null && host.look.nowNs - lastNs > 500e6) {
    lastNs = host.look.nowNs
    follow(host.look.vms)
    watch.setRules(alarmRulesOf(useUi.getState().settings.alarms))
    watch.see(host.look)
  }
  setState(host === null ? { host, selected: null, alarms: NO_ALARMS } : { host, alarms: watch.active() })
}

export function selectVm(id: string): void {
  setState({ selected: id })
}

export function trailOf(id: string): Trail | null {
  return trails.get(id) ?? null
}

function follow(vms: readonly VmLook[]): void {
  const known = new Set(vms.map(({ id }) => id))
  for (const id of trails.keys()) if (!known.has(id)) trails.delete(id)
  for (const vm of vms) {
    const trail = trails.get(vm.id) ?? {
      iops: new Float32Array(TRAIL_LOOKS).fill(Number.NaN),
      bps: new Float32Array(TRAIL_LOOKS).fill(Number.NaN),
    }
    trails.set(vm.id, trail)
    push(trail.iops, vm.iops)
    push(trail.bps, vm.bps)
  }
}

function push(values: Float32Array, value: number | null): void {
  values.copyWithin(0, 1)
  values[values.length - 1] = value ?? Number.NaN
}
