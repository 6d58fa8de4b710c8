import { expect, test } from 'vitest'
import { read } from '../fixtures/read.ts'

// The limits of a command, whichever platform's it is, as a shell would run it.

/** `R`: read IOPS 500 of the disk, specification or bdev `$D`. */
const COMMANDS: readonly (readonly [format: string, command: string])[] = [
  ['qemu-args', 'kvm -drive "if=none,id=$D,iops_rd=500"'],
  ['storage-daemon-args', 'qemu-storage-daemon --object throttle-group,id=$D,x-iops-read=500'],
  ['virsh', 'virsh blkdeviotune web $D --read-iops-sec 500'],
  ['proxmox', 'qm set 101 --$D local:vm-101-disk-0,iops_rd=500'],
  ['openstack', 'openstack volume qos create --property read_iops_sec=500 $D'],
  ['openstack', 'cinder qos-create $D read_iops_sec=500'],
  ['incus', 'incus config device set web $D limits.read=500iops'],
  ['systemd', 'systemctl set-property a.slice "IOReadIOPSMax=/dev/$D 500"'],
  ['io-max', 'echo "$D riops=500" | tee /sys/fs/cgroup/a/io.max'],
]
/** What `$D` is there. */
const DISKS: Readonly<Record<string, string>> = { proxmox: 'scsi0', 'io-max': '8:16' }

const limitsOf = (format: string, script: string) => {
  const { workspace, losses } = read(format, script)
  const groups = Object.entries(workspace.groups).filter(([, limits]) => Object.keys(limits).length > 0)
  return { groups: groups.map(([name, limits]) => [name.replace('/dev/', ''), limits]), losses }
}

test.each(COMMANDS)('%s: %s', (format, command) => {
  const disk = DISKS[format] ?? 'd0'
  const right = { groups: [[disk, { 'iops-read': 500 }]], losses: [] }
  expect(limitsOf(format, command.replace('$D', disk))).toEqual(right)
  expect(limitsOf(format, `D=${disk}\n${command}\n`), 'a variable').toEqual(right)
  for (const end of ['>/dev/null 2>&1', '> /dev/null', '2> err || true', '&>>log &', '2>&1 | tee log'])
    expect(limitsOf(format, `${command.replace('$D', disk)} ${end}\n`), end).toEqual(right)
})

test.each([
  ['virsh', 'O="--total-iops-sec 500 --live"\nvirsh blkdeviotune web vda $O'],
  ['proxmox', 'O="--scsi0 local:vm-101-disk-0,iops=500"\nqm set 101 $O'],
  ['qemu-args', 'O="-m 1024"\nO="$O -drive if=none,id=d0,iops=500"\nkvm $O'],
  ['qemu-args', 'C="kvm -nodefaults"\nC+=" -drive if=none,id=d0,iops=500"\n$C'],
])('%s: a variable outside quotes is as many words as it has: %j', (format, script) => {
  expect(limitsOf(format, script)).toEqual({ groups: [[expect.any(String), { 'iops-total': 500 }]], losses: [] })
})

test('and inside quotes, or where it is assigned, one', () => {
  const script = 'A="b c"\nB=$A\nvirsh blkdeviotune web "$B" --total-iops-sec 500'
  expect(read('virsh', script).workspace.devices.map(({ id }) => id)).toEqual(['b c'])
})

test('a name of OpenStack’s that the text does not tell is a loss', () => {
  const script = 'F=m1\nfor F in a b; do openstack flavor set $F --property quota:disk_read_iops_sec=5; done'
  expect(read('openstack', script).losses.map(({ message }) => message)).toContainEqual(
    'the name "$F" is a shell variable; what it stands for is not in this text',
  )
})
