import { expect } from 'vitest'
import { type QemuProgram, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { formatVmCommand, isQmpCommand } from '#shared/qemu/vm-command.ts'
import { withOutermost } from '#shared/workspace/chain.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { applyWorkspace, type OpenVm, withVm } from '../apply-workspace.ts'
import { captureWorkspace } from '../capture.ts'

// Looks at real QEMUs: what they are started with, what is looked at, desired and settled.

export const PATIENCE_MS = 60_000
const running: RealQemu[] = []
export async function closeAll(): Promise<void> {
  for (const qemu of running.splice(0)) await qemu.close()
}

export async function start(args: readonly string[], program?: QemuProgram): Promise<RealQemu> {
  const qemu = await RealQemu.start(args, program)
  running.push(qemu)
  return qemu
}

export const look = <T>(qemu: RealQemu, work: (vm: OpenVm) => T | Promise<T>) =>
  withVm(qemu.address, async (vm) => work(vm))
export const capture = (qemu: RealQemu) => look(qemu, ({ picture }) => captureWorkspace(picture, 'vm'))

export async function apply(qemu: RealQemu, desired: object, mode: 'apply' | 'dry-run' = 'apply') {
  const parsed = parseWorkspace(desired)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const applied = await look(qemu, (vm) => applyWorkspace(vm, parsed.value, mode))
  return {
    commands: applied.plan.steps.map(({ command }) =>
      isQmpCommand(command) ? command.execute : formatVmCommand(command),
    ),
    outcomes: applied.answers.map(({ outcome, answer }) => (outcome === 'done' ? answer : `${outcome}: ${answer}`)),
    impossible: applied.plan.impossible,
    unfulfilled: applied.unfulfilled,
  }
}

/** Applies, checks that everything took, that nothing is left to do, and that the VM is then what was asked for. */
export async function settle(qemu: RealQemu, desired: Workspace): Promise<readonly string[]> {
  const first = await apply(qemu, desired)
  expect(first).toMatchObject({ impossible: [], unfulfilled: [] })
  expect(new Set(first.outcomes)).toEqual(new Set(first.commands.length > 0 ? ['{}'] : []))
  expect(await apply(qemu, desired)).toEqual({ commands: [], outcomes: [], impossible: [], unfulfilled: [] })
  return first.commands
}

/** In another outermost group; what is further in stays. */
export const place = (workspace: Workspace, id: string, group: string | null): Workspace => {
  const device = findDevice(workspace, id)
  return chain(workspace, id, withOutermost(device ?? { groups: [] }, group))
}
export const chain = (workspace: Workspace, id: string, groups: readonly string[]): Workspace => ({
  ...workspace,
  devices: workspace.devices.map((device) => (device.id === id ? { ...device, groups } : device)),
})
export const limit = (workspace: Workspace, group: string, limits: Workspace['groups'][string]): Workspace => ({
  ...workspace,
  groups: { ...workspace.groups, [group]: limits },
})

export const LEGACY = [
  '-drive',
  'if=none,id=d0,driver=null-co,throttling.iops-total=100,throttling.group=gold',
  ...['-device', 'virtio-blk-pci,drive=d0,id=vd0'],
  ...['-drive', 'if=none,id=d1,driver=null-co', '-device', 'scsi-hd,drive=d1,id=sd1'],
  ...['-blockdev', 'null-co,node-name=n2', '-device', 'virtio-blk-pci,drive=n2,id=vd2'],
  ...['-device', 'scsi-cd,id=cd0'],
]
export const FILTERS = [
  ...['-object', '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":50}}'],
  ...['-object', 'throttle-group,id=g1'],
  ...['-blockdev', 'null-co,node-name=n0', '-blockdev', 'throttle,node-name=t0,throttle-group=g0,file=n0'],
  ...['-blockdev', 'null-co,node-name=n1', '-blockdev', 'throttle,node-name=t1a,throttle-group=g0,file=n1'],
  ...['-blockdev', 'throttle,node-name=t1,throttle-group=g1,file=t1a,read-only=on'],
  ...['-device', 'scsi-hd,id=fd0,drive=t0', '-device', 'scsi-cd,id=fd1,drive=t1'],
]
