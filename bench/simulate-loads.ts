import { chainOf } from '#shared/workspace/chain.ts'
import { DEFAULT_WORKLOAD, type Device, EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'

/** `groups` groups of `members` devices that all want more than their group's 1000 IOPS, on disks that take no time. */
export function crowded(groups: number, members: number): Workspace {
  const names = Array.from({ length: groups }, (_, group) => `g${group}`)
  const device = (group: string, member: number): Device => ({
    id: `${group}-d${member}`,
    groups: chainOf(group),
    iothread: null,
    disk: { kind: 'null', sizeBytes: 2 ** 30 },
    workload: { ...DEFAULT_WORKLOAD, iodepth: 16, readPercent: 70 },
    qemu: {},
  })
  return {
    ...EMPTY_WORKSPACE,
    name: `${groups} × ${members}`,
    iothreads: 2,
    groups: Object.fromEntries(names.map((name) => [name, { 'iops-total': 1000 }])),
    devices: names.flatMap((name) => Array.from({ length: members }, (_, member) => device(name, member))),
  }
}
