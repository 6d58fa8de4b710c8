import { expect, test } from 'vitest'
import { chainOf } from '#shared/workspace/chain.ts'
import { adoptReality } from './adopt-reality.ts'
import { DEFAULT_DISK, DEFAULT_WORKLOAD, type Device, EMPTY_WORKSPACE, IDLE } from './workspace.ts'

const device = (id: string, group: string | null): Device => ({
  id,
  groups: chainOf(group),
  iothread: null,
  disk: DEFAULT_DISK,
  workload: DEFAULT_WORKLOAD,
  qemu: {},
})
const inVm = (id: string, group: string | null): Device => ({
  ...device(id, group),
  disk: { kind: 'null', sizeBytes: 4096 },
  workload: IDLE,
  qemu: { drive: id },
})

test('limits and groups come from the VM, disks and loads stay, new disks are added', () => {
  const workspace = {
    ...EMPTY_WORKSPACE,
    groups: { gold: { 'iops-total': 100 }, spare: { 'iops-total': 7 } },
    devices: [device('db', 'gold'), device('lab-only', 'gold')],
  }
  const reality = {
    ...EMPTY_WORKSPACE,
    groups: { gold: { 'iops-total': 500 }, bulk: {} },
    devices: [inVm('db', 'bulk'), inVm('new', 'gold')],
  }
  expect(adoptReality(workspace, reality)).toEqual({
    ...workspace,
    groups: { gold: { 'iops-total': 500 }, spare: { 'iops-total': 7 }, bulk: {} },
    devices: [{ ...device('db', 'bulk'), qemu: { drive: 'db' } }, device('lab-only', 'gold'), inVm('new', 'gold')],
  })
})
