import { expect, test } from 'vitest'
import { read, readMachine, told } from '../fixtures/read.ts'

// Limits of the host: cgroups of both versions, and systemd, which writes them.

test('io-max: a script that writes it, line upon line', () => {
  const text = `#!/bin/sh
mkdir -p /sys/fs/cgroup/machine.slice/web01
echo +io > /sys/fs/cgroup/machine.slice/cgroup.subtree_control
echo "8:16 rbps=2097152 wiops=max" > /sys/fs/cgroup/machine.slice/web01/io.max
echo '8:16 wiops=120' | sudo tee /sys/fs/cgroup/machine.slice/web01/io.max
echo "$DEV wbps=1048576" > /sys/fs/cgroup/machine.slice/web01/io.max
echo "8:32 riops=$RATE wbps=5" > /sys/fs/cgroup/machine.slice/web01/io.max
echo "8:16 target=2000" > /sys/fs/cgroup/machine.slice/web01/io.latency`
  expect(told(read('io-max', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "8:16 in 8:16 {}",
        "8:32 in 8:32 {}",
      ],
      "groups": {
        "8:16": {
          "bps-read": 2097152,
          "iops-write": 120,
        },
        "8:32": {
          "bps-write": 5,
        },
      },
      "losses": [
        "line 6: not-understood: "$DEV wbps=1048576" is a shell variable, whose value is not in this text",
        "line 7: not-understood: riops is "$RATE", a shell variable, whose value is not in this text",
        "line 8: not-understood: io.latency holds no limits that Weir knows; they are in io.max and blkio.throttle.*_device",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
})

test('io-max: of several cgroups, each is a machine of its own', () => {
  const text = `/sys/fs/cgroup/machine.slice/machine-qemu\\x2d1\\x2dweb01.scope/io.max:8:16 rbps=max wbps=5
==> /sys/fs/cgroup/b/io.max <==
8:16 riops=7`
  expect(readMachine('io-max', text, 'b').workspace.groups).toEqual({ '8:16': { 'iops-read': 7 } })
  expect(readMachine('io-max', text, 'b').machines.map(({ name }) => name)).toEqual([
    'machine.slice/machine-qemu-1-web01.scope',
    'b',
  ])
})

test('blkio: files of version 1, commands and cgset', () => {
  const text = `/sys/fs/cgroup/blkio/vm/blkio.throttle.read_bps_device:8:16 1048576
echo "8:16 500" > /sys/fs/cgroup/blkio/vm/blkio.throttle.write_iops_device
cgset -r blkio.throttle.read_iops_device="8:16 90" vm
echo "8:16 0" >> /sys/fs/cgroup/blkio/vm/blkio.throttle.write_iops_device
echo 500 > /sys/fs/cgroup/blkio/vm/blkio.weight`
  expect(told(read('blkio', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "8:16 in 8:16 {}",
      ],
      "groups": {
        "8:16": {
          "bps-read": 1048576,
          "iops-read": 90,
        },
      },
      "losses": [
        "line 4: dropped: 8:16: iops-write: 500 is removed here",
        "line 5: not-understood: blkio.weight holds no limits that Weir knows; they are in io.max and blkio.throttle.*_device",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
})

test('systemd: a unit’s file', () => {
  const text = `# /etc/systemd/system/vms.slice
[Slice]
IOWeight=50
IOReadBandwidthMax=/dev/sda 5M
IOReadBandwidthMax=/dev/nvme0n1 1.5G
IOWriteIOPSMax=/dev/sda \\
    2K
IOWriteBandwidthMax=/dev/sda infinity
IOReadIOPSMax=/dev/sda $RATE
IOReadIOPSMax=100
BlockIOWriteBandwidth=/dev/sdb 10K
MemoryMax=5G`
  expect(told(read('systemd', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "/dev/sda in /dev/sda {}",
        "/dev/nvme0n1 in /dev/nvme0n1 {}",
        "/dev/sdb in /dev/sdb {}",
      ],
      "groups": {
        "/dev/nvme0n1": {
          "bps-read": 1500000000,
        },
        "/dev/sda": {
          "bps-read": 5000000,
          "iops-write": 2000,
        },
        "/dev/sdb": {
          "bps-write": 10000,
        },
      },
      "losses": [
        "line 3: not-understood: IOWeight is a share or a target, not a limit",
        "line 9: not-understood: IOReadIOPSMax of /dev/sda is "$RATE", a shell variable, whose value is not in this text",
        "line 10: not-understood: IOReadIOPSMax is "100", not a device and a number",
      ],
      "name": "vms.slice",
      "notes": [],
    }
  `)
})

test('systemd: commands, and a setting without a value', () => {
  const text = `systemctl set-property --runtime web.service IOReadBandwidthMax="/dev/sda 5M" IOWriteIOPSMax="/dev/sda 90"
systemctl set-property web.service IOWriteIOPSMax=`
  const dropIn = '[Slice]\nIOReadIOPSMax=/dev/sda 5\nIOReadIOPSMax=\nIOReadIOPSMax=/dev/sda 7\n'
  expect(told(read('systemd', dropIn))).toMatchObject({ groups: { '/dev/sda': { 'iops-read': 7 } }, losses: [] })
  expect(told(read('systemd', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "/dev/sda in /dev/sda {}",
      ],
      "groups": {
        "/dev/sda": {
          "bps-read": 5000000,
        },
      },
      "losses": [],
      "name": "web.service",
      "notes": [],
    }
  `)
  const run = `systemd-run --unit=job -p 'IOReadIOPSMax=/dev/sdb 70' --property="IOWriteBandwidthMax=/dev/sdb 3M" dd`
  expect(readMachine('systemd', `${text}\n${run}`, 'job').workspace.groups).toEqual({
    '/dev/sdb': { 'iops-read': 70, 'bps-write': 3_000_000 },
  })
})
