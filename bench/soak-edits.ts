import type { Random } from '#main/load/random.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { chainOf } from '#shared/workspace/chain.ts'
import {
  addGroup,
  moveDevices,
  removeDevices,
  removeGroup,
  setLimits,
  setWorkload,
  updateDevice,
} from '#shared/workspace/edits.ts'
import {
  DEFAULT_WORKLOAD,
  type Device,
  EMPTY_WORKSPACE,
  type Workload,
  type Workspace,
} from '#shared/workspace/workspace.ts'

// Random workspaces and random edits of them, all from one seed: what a hurried user might do.

export const DEVICES = 64
const GROUPS = 16

export function firstWorkspace(random: Random): Workspace {
  const groups = Array.from({ length: GROUPS }, (_, index) => [`g${index}`, randomLimits(random)] as const)
  const devices = Array.from({ length: DEVICES }, (_, index) => randomDevice(random, `d${index}`, `g${index % GROUPS}`))
  return { ...EMPTY_WORKSPACE, name: 'Soak', iothreads: 4, groups: Object.fromEntries(groups), devices }
}

/** One edit; the number of devices stays near the first. */
export function randomEdit(random: Random, workspace: Workspace): Workspace {
  const groups = Object.keys(workspace.groups)
  const group = groups[random.below(groups.length)]!
  const { id } = workspace.devices[random.below(workspace.devices.length)]!
  const draw = random.below(100)
  if (draw < 35) return setLimits(workspace, group, randomLimits(random))
  if (draw < 60) return moveDevices(workspace, [id], random.below(8) === 0 ? null : group)
  if (draw < 75) return setWorkload(workspace, id, randomWorkload(random))
  if (draw < 83) return workspace.devices.length > DEVICES / 2 ? removeDevices(workspace, [id]) : workspace
  if (draw < 92) return withDevice(random, workspace, group)
  if (draw < 94) return groups.length > 4 ? removeGroup(workspace, group) : workspace
  if (draw < 96)
    return groups.length < 2 * GROUPS ? addGroup(workspace, freeGroup(groups), randomLimits(random)) : workspace
  if (draw < 98)
    return updateDevice(workspace, id, (device) => ({ ...device, disk: randomDevice(random, id, null).disk }))
  return { ...workspace, iothreads: 1 + random.below(6) }
}

function withDevice(random: Random, workspace: Workspace, group: string): Workspace {
  if (workspace.devices.length >= DEVICES) return workspace
  const taken = new Set(workspace.devices.map((device) => device.id))
  const id = Array.from({ length: DEVICES + 1 }, (_, index) => `d${index}`).find((each) => !taken.has(each))!
  return { ...workspace, devices: [...workspace.devices, randomDevice(random, id, group)] }
}

function freeGroup(groups: readonly string[]): string {
  return Array.from({ length: 2 * GROUPS + 1 }, (_, index) => `g${index}`).find((each) => !groups.includes(each))!
}

function randomDevice(random: Random, id: string, group: string | null): Device {
  const sizeBytes = 4 * 1024 * 1024
  const kind = random.below(4)
  return {
    id,
    groups: chainOf(group),
    iothread: null,
    disk: kind === 0 ? { kind: 'file', sizeBytes, direct: false } : { kind: 'null', sizeBytes },
    workload: randomWorkload(random),
    qemu: {},
  }
}

/** Never without a rate: the soak is about state, and other work on the machine should get its share. */
function randomWorkload(random: Random): Workload {
  if (random.below(12) === 0) return { kind: 'idle' }
  const arrivals = (['closed', 'fixed', 'poisson'] as const)[random.below(3)]!
  const phased = random.below(5) === 0
  return {
    ...DEFAULT_WORKLOAD,
    pattern: random.below(2) === 0 ? 'random' : 'sequential',
    readPercent: random.below(101),
    blockBytes: 512 * 2 ** random.below(8),
    iodepth: 1 + random.below(32),
    rateIops: 20 + random.below(300),
    arrivals,
    ...(phased ? { onS: 0.2, offS: 0.1 } : {}),
  }
}

function randomLimits(random: Random): Limits {
  const iops = 20 + random.below(1000)
  switch (random.below(6)) {
    case 0:
      return {}
    case 1:
      return { 'bps-total': iops * 4096 }
    case 2:
      return { 'iops-read': iops, 'iops-write': 1 + random.below(200) }
    case 3:
      return { 'iops-total': iops, 'iops-total-max': iops * 2, 'iops-total-max-length': 1 + random.below(5) }
    case 4:
      return { 'iops-total': iops, 'bps-read': iops * 8192, 'iops-size': 8192 }
    default:
      return { 'iops-total': iops }
  }
}
