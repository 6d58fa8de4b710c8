import { create } from 'zustand'
import type { HostState, VmLook } from '#shared/host-look.ts'

// The host that is watched: its latest look, one a second, and the last minutes of each of its VMs.

/** Five minutes of looks. */
export const TRAIL_LOOKS = 300

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
}

export const useHost = create<HostStore>()(() => ({ host: null, selected: null }))

const { setState } = useHost

let trails = new Map<string, Trail>()
let lastNs = -1
let source = ''

export function takeHost(host: HostState | null): void {
  if (host === null || host.look.host !== source || host.look.nowNs < lastNs) {
    trails = new Map()
    lastNs = -1
  }
  source = host?.look.host ?? ''
  // Opening a board tells the same look again.
  if (host !== null && host.look.nowNs - lastNs > 500e6) {
    lastNs = host.look.nowNs
    follow(host.look.vms)
  }
  setState(host === null ? { host, selected: null } : { host })
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
