import { expect, test } from 'vitest'
import { read, told } from '../fixtures/read.ts'

test('what grep found of a snapshot, whose heading it left out, is not what the VM has now', () => {
  const grep = (lines: readonly string[]) => lines.map((line) => `/etc/pve/qemu-server/100.conf:${line}`).join('\n')
  const now = ['scsi1: local:vm-100-disk-1,iops_rd=5', 'virtio0: local:vm-100-disk-2,iops_wr=6']
  const snapshot = ['scsi0: local:vm-100-disk-0,iops_rd=9', 'scsi1: local:vm-100-disk-1,iops_rd=50', now[1] ?? '']
  expect(told(read('proxmox', grep([...now, ...snapshot])))).toMatchObject({
    groups: { scsi1: { 'iops-read': 5 }, virtio0: { 'iops-write': 6 } },
    losses: [
      'line 3: dropped: the first of each option counts; one that comes again is probably a snapshot’s, whose heading grep leaves out: scsi0 (iops_rd=9) and scsi1 (iops_rd=50)',
    ],
  })
  expect(told(read('proxmox', grep([...now, ...now])))).toMatchObject({ losses: [] })
  // A file whose lines somebody sorted otherwise has each option once.
  expect(Object.keys(read('proxmox', grep([...now].reverse())).workspace.groups)).toHaveLength(2)
})
