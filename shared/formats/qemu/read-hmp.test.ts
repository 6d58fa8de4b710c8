import { describe, expect, test } from 'vitest'
import { devicesOf, read, told } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'
import { guessFormat } from '../formats.ts'

// The human monitor, as its users copy it out of a terminal. The answers are those of QEMU 7.2 and 11.1.

const INFO_BLOCK = `e: [not inserted]
    Attached to:      /machine/peripheral-anon/device[1]
    Removable device: not locked, tray closed

l (#block104): null-co:// (raw, read-only)
    Removable device: not locked, tray closed
    Cache mode:       writeback
    I/O throttling:   bps=0 bps_rd=0 bps_wr=0 bps_max=0 bps_rd_max=0 bps_wr_max=0 iops=5 iops_rd=0 iops_wr=0 iops_max=50 iops_rd_max=0 iops_wr_max=0 iops_size=0 group=my group

t0: json:{"throttle-group": "g", "driver": "throttle", "file": {"driver": "null-co"}} (throttle)
    Attached to:      disk0
    Cache mode:       writeback

n1: /img/a (b).qcow2 (qcow2)
    Attached to:      /machine/peripheral/v1/virtio-backend
    Cache mode:       writeback
    Backing file:     /img/base.qcow2 (chain depth: 1)

Images:
image: /img/a (b).qcow2
file format: qcow2
virtual size: 1 GiB (1073741824 bytes)
disk size: 0 B
`

test('info block, with a group of two words, a filter, a medium that is out and an image with its size', () => {
  const imported = read('hmp', INFO_BLOCK)
  expect(told(imported)).toMatchInlineSnapshot(`
    {
      "devices": [
        "l in my group {"style":"legacy"}",
        "t0 in g {"qdev":"disk0","filter":"t0","style":"filter"}",
        "v1 in no group {"qdev":"/machine/peripheral/v1/virtio-backend","node":"n1"}",
      ],
      "groups": {
        "g": {},
        "my group": {
          "iops-total": 5,
          "iops-total-max": 50,
        },
      },
      "losses": [
        "line 8: not-understood: info block does not show how long bursts last; 1 s is taken. query-block shows it",
        "e: not-understood: no medium is in it, so QEMU does not show its limits; left out",
        "groups.g: not-understood: its limits are not in this text; qom-get of /objects/g shows them. Taken as unlimited",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
  expect(imported.workspace.devices.at(-1)?.disk.sizeBytes).toBe(1_073_741_824)
  const guessed = guessFormat(INFO_BLOCK)
  expect(guessed.ok ? guessed.value.id : guessed).toBe('hmp')
})

const SESSION = `QEMU 7.2.22 monitor - type 'help' for more information
(qemu) object_add throttle-group,id=g,limits.iops-total=010
(qemu) object_add {"qom-type":"throttle-group","id":"j","limits":{"iops-total":7}}
(qemu) qom-set -j /objects/g limits { "iops-total-max": 80 }
(qemu) qom-set -j /objects/g limits {"iops-read":8}
(qemu) drive_add 0 if=none,id=d1,driver=null-co,iops=5
OK
(qemu) drive_add -n 0 driver=throttle,node-name=t1,throttle-group=j,file.driver=null-co,file.node-name=n1
(qemu) device_add scsi-hd,drive=t1,id=disk1
(qemu) block_set_io_throttle d1 0 0 0 0x10 0 0
(qemu) block_set_io_throttle d1 0 0 0 1k 0 0
invalid char 'k' in expression
Try "help block_set_io_throttle" for more information
(qemu) block_set_io_throttle nosuch 0 0 0 5 0 0
Error: Device 'nosuch' not found
(qemu) block_set_io_throttle d1 0 0 0 10 5 0
(qemu) info status
VM status: paused (prelaunch)
`

test('a session: what QEMU refused changes nothing, by its answer or by its rules', () => {
  expect(told(read('hmp', SESSION))).toMatchInlineSnapshot(`
    {
      "devices": [
        "d1 in d1 {"style":"legacy"}",
        "n1 in j {"qdev":"disk1","filter":"t1","style":"filter"}",
      ],
      "groups": {
        "d1": {
          "iops-total": 16,
        },
        "g": {
          "iops-total": 8,
          "iops-total-max": 80,
        },
        "j": {
          "iops-total": 7,
        },
      },
      "losses": [
        "line 5: dropped: QEMU refuses this qom-set and changes nothing: bps/iops/max total values and read/write values cannot be used at the same time",
        "line 16: dropped: QEMU refuses this block_set_io_throttle and changes nothing: bps/iops/max total values and read/write values cannot be used at the same time",
      ],
      "name": "Imported",
      "notes": [
        "Line 11: QEMU refused block_set_io_throttle (invalid char 'k' in expression); it changed nothing.",
        "Line 14: QEMU refused block_set_io_throttle (Device 'nosuch' not found); it changed nothing.",
        "info status say nothing about limits and were skipped.",
      ],
    }
  `)
})

describe('a list of commands', () => {
  const losses = (text: string) => read('hmp', text).losses.map(formatLoss)

  test('qom-set without -j, a name that is taken, a group in use', () => {
    const text = `object_add throttle-group,id=g,x-iops-total=5
qom-set /objects/g limits {"iops-total":8}
qom-set /objects/g x-iops-total 9
object_add throttle-group,id=g
qom-set -j /objects/g limits {"iops-total":1,"iops-total":8}
drive_add -n 0 driver=throttle,node-name=t0,throttle-group=g,file=n0
object_del g
drive_add 0 if=virtio,id=v
block_set_io_throttle d0 1 2 3
`
    expect(losses(text)).toMatchInlineSnapshot(`
      [
        "line 2: dropped: QEMU refuses this qom-set and changes nothing: limits need -j before the path; without it QEMU 7.2 and 11.1 crash",
        "line 3: dropped: QEMU refuses this qom-set and changes nothing: Property cannot be set after initialization",
        "line 4: dropped: QEMU refuses this object_add and changes nothing: attempt to add duplicate property 'g' to object (type 'container')",
        "line 5: dropped: QEMU refuses this qom-set and changes nothing: "iops-total" appears here a second time (first in line 1), and only one would count; remove one",
        "line 7: dropped: QEMU refuses this object_del and changes nothing: object 'g' is in use, can not be deleted",
        "line 8: dropped: QEMU refuses this drive_add and changes nothing: it cannot add a drive of if=virtio to a running machine",
        "line 9: not-understood: block_set_io_throttle takes a disk and six whole numbers: bps bps_rd bps_wr iops iops_rd iops_wr (unexpected end of expression)",
      ]
    `)
    expect(read('hmp', text).workspace.groups).toEqual({ g: { 'iops-total': 5 } })
  })

  test('drive_del and device_del take their disks away', () => {
    const text = 'drive_add 0 if=none,id=d1,iops=5\ndrive_add 0 if=none,id=d2,iops=6\ndrive_del d1\n'
    expect(devicesOf(read('hmp', text).workspace)).toEqual(['d2 in d2 {"style":"legacy"}'])
  })
})
