import { expect, test } from 'vitest'
import { formatVmCommand } from './vm-command.ts'

test('a command of virsh names its libvirt, quoted for a shell: a plain virsh may ask another one', () => {
  const virsh = ['blockjob', 'web 01', 'vda', '--bandwidth', '0', '--bytes']
  expect(formatVmCommand({ connect: 'qemu:///system', virsh })).toBe(
    "virsh -c qemu:///system blockjob 'web 01' vda --bandwidth 0 --bytes",
  )
  expect(formatVmCommand({ connect: 'qemu+unix:///system?socket=/run/a b', virsh: ['list'] })).toBe(
    "virsh -c 'qemu+unix:///system?socket=/run/a b' list",
  )
})
