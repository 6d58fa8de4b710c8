import { expect, test } from 'vitest'
import { fixture, read, told } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'

// What the readers make of what hosts and management tools write.

test('libvirt-xml: a whole running domain', () => {
  expect(told(read('libvirt-xml', fixture('domain.xml')))).toMatchInlineSnapshot(`
    {
      "devices": [
        "vda in sys & data {"qdev":"/machine/peripheral/virtio-disk0/virtio-backend","style":"legacy"}",
        "db in db {"qdev":"ua-db","style":"legacy"}",
        "vdb in no group {"qdev":"/machine/peripheral/virtio-disk1/virtio-backend"}",
      ],
      "groups": {
        "db": {
          "iops-read": 100,
        },
        "sys & data": {
          "bps-total": 10485760,
          "iops-size": 4096,
          "iops-total": 500,
          "iops-total-max": 2000,
          "iops-total-max-length": 60,
        },
      },
      "losses": [
        "sda iotune: not-understood: <nice_value> is not a limit that Weir knows",
        "blkiotune: not-understood: weights and limits of the host’s cgroup for /dev/sda are not throttle groups; read the cgroup’s io.max instead",
      ],
      "name": "web01",
      "notes": [
        "hdc is not a disk that is throttled (CD-ROM, floppy); left out.",
      ],
    }
  `)
})

test('libvirt-xml: a burst without a rate, and limits where libvirt has none, are said', () => {
  const text = `<domain><iotune/><devices><disk><target dev='vda'/><iotune><total_bytes_sec_max>9223372036854775807</total_bytes_sec_max></iotune></disk>
    <disk><target dev='vdb'/><total_iops_sec>5</total_iops_sec></disk></devices></domain>`
  expect(told(read('libvirt-xml', text)).losses).toMatchInlineSnapshot(`
    [
      "domain: not-understood: <iotune> limits nothing inside <domain>",
      "disk: not-understood: <total_iops_sec> limits nothing inside <disk>",
      "vda iotune: dropped: <total_bytes_sec_max> 9223372036854775807 is left out: bps/iops/max values must be within [0, 1000000000000000]",
    ]
  `)
})

test('libvirt-xml: chains of throttle groups', () => {
  const text = `<domain><throttlegroups><throttlegroup><group_name>a</group_name><total_iops_sec>5</total_iops_sec></throttlegroup></throttlegroups>
    <devices><disk><target dev='vda'/><throttlefilters><throttlefilter group='b'/><throttlefilter group='a'/></throttlefilters></disk></devices></domain>`
  expect(told(read('libvirt-xml', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "vda in a → b {"style":"filter"}",
      ],
      "groups": {
        "a": {
          "iops-total": 5,
        },
        "b": {},
      },
      "losses": [
        "vda: not-understood: there is no <throttlegroup> named b; taken as unlimited",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
})

test('virsh: a second command keeps what it does not name, category by category, or is refused as a whole', () => {
  const text = `virsh blkdeviotune a vda --total_bytes_sec 5000 --read-iops-sec 100 --read-iops-sec-max 300 --read-iops-sec-max-length 5
virsh blkdeviotune a vda --write-iops-sec 50
virsh blkdeviotune a vdb --total-iops-sec 10 --group-name gold
virsh blkdeviotune a vdb --total-iops-sec 0
virsh blkdeviotune a vdc 5000 0 0 --write-iops-sec 9
virsh blkdeviotune a vdc --read-iops-sec 7
virsh blkdeviotune a vdc --total-bytes-sec=$RATE`
  const { workspace, losses } = read('virsh', text)
  // libvirt keeps the burst of reads, whose rate the second command resets.
  expect(workspace.groups).toEqual({
    vda: { 'bps-total': 5000, 'iops-read': 100, 'iops-read-max': 300, 'iops-read-max-length': 5 },
    vdc: { 'iops-read': 7 },
  })
  expect(workspace.devices.map(({ id, groups }) => [id, groups])).toEqual([
    ['vda', ['vda']],
    ['vdb', []],
    ['vdc', ['vdc']],
  ])
  expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
    [
      "line 2: not-understood: this command has no effect, since QEMU refuses it: bps_max/iops_max require corresponding bps/iops values",
      "line 4: dropped: vdb: --total-iops-sec: 10 is removed here",
      "line 5: converted: values without an option in front are taken as virsh up to 10 took them (--write-iops-sec 9 --total-bytes-sec 5000 --read-bytes-sec 0 --write-bytes-sec 0); newer ones refuse the command",
      "line 7 --total-bytes-sec: not-understood: "$RATE" is a shell variable, whose value is not in this text",
    ]
  `)
})

test('virsh: what it prints, below its commands or alone', () => {
  const shown = (values: string) => `total_bytes_sec: 0
read_bytes_sec : 0
${values}
size_iops_sec  : 0
total_iops_sec_max_length: 0
`
  const text = `root@host:~# virsh domblklist web01 --details
 Type   Device   Target   Source
------------------------------------------------
 file   disk     vda      /var/lib/vm/d0.img
 file   disk     sda      /var/lib/vm/d1.img
 file   cdrom    hdc      -

root@host:~# virsh blkdeviotune web01 vda
${shown('total_iops_sec : 300\ntotal_iops_sec_max: 900\ngroup_name     : gold')}
$ virsh domthrottlegroupinfo web01 slow
total_iops_sec : 150
total_iops_sec_max: 500
total_iops_sec_max_length: 10

virsh # domthrottlegroupset web01 slow --total-iops-sec 200
virsh attach-disk web01 /x.img vdb --throttle-groups slow,cap --live
# virsh blkdeviotune web01 TARGET --total-iops-sec 5`
  expect(told(read('virsh', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "vda in gold {"style":"legacy"}",
        "sda in no group {}",
        "vdb in cap → slow {"style":"filter"}",
      ],
      "groups": {
        "cap": {},
        "gold": {
          "iops-total": 300,
          "iops-total-max": 900,
        },
        "slow": {
          "iops-total": 200,
          "iops-total-max": 500,
          "iops-total-max-length": 10,
        },
      },
      "losses": [
        "line 22: dropped: slow: --total-iops-sec is set twice; the last one counts: 200 replaces 150",
        "line 23: not-understood: there is no throttle group cap in this text; taken as unlimited",
        "line 24: not-understood: a command behind # is not run; remove the # if it should count",
      ],
      "name": "web01",
      "notes": [
        "hdc is not a disk that is throttled (CD-ROM, floppy); left out.",
      ],
    }
  `)
  const alone = shown('read_iops_sec  : 7\ngroup_name     :') + shown('write_iops_sec_max: 7\ngroup_name     : x')
  expect(told(read('virsh', alone))).toMatchInlineSnapshot(`
    {
      "devices": [
        "disk in disk {"style":"legacy"}",
        "disk 2 in no group {}",
      ],
      "groups": {
        "disk": {
          "iops-read": 7,
        },
        "x": {},
      },
      "losses": [
        "groups.x.iops-write-max: dropped: 7 is left out: bps_max/iops_max require corresponding bps/iops values",
      ],
      "name": "Imported",
      "notes": [
        "Which disk the values of disk are of is not in this text.",
        "Which disk the values of disk 2 are of is not in this text.",
      ],
    }
  `)
})

test('virsh: scaled numbers, groups, continued lines', () => {
  const text = `virsh -c qemu:///system blkdeviotune web01 vda --total-bytes-sec 10M \\
    --total-bytes-sec-max=20MB --size-iops-sec 4k --group-name 'a b' --live
virsh blkdeviotune web01 vdb --read-iops-sec 5 --nonsense 3
virsh blkdeviotune web01 vdc --total-iops-sec 0
virsh domthrottlegroupset web01 limit0 --total-iops-sec 100
virsh list`
  expect(told(read('virsh', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "vdc in no group {}",
      ],
      "groups": {
        "limit0": {
          "iops-total": 100,
        },
      },
      "losses": [
        "line 1: not-understood: this command has no effect, since virsh refuses it: "4k" is not a number that it takes for --size-iops-sec",
        "line 3: not-understood: this command has no effect, since virsh refuses it: it has no --nonsense",
      ],
      "name": "web01",
      "notes": [],
    }
  `)
})

test('openstack: two specifications of a playbook are two groups, and a value set twice is said', () => {
  const text = `- name: gold
  specs:
    total_iops_sec: 500
- name: slow
  specs:
    total_iops_sec: "50"
    total_iops_sec: 60
`
  const { workspace, losses } = read('openstack', text)
  expect(workspace.groups).toEqual({ gold: { 'iops-total': 500 }, slow: { 'iops-total': 60 } })
  expect(losses.map(({ path, kind }) => `${path}: ${kind}`)).toContain('line 7: dropped')
})

test('proxmox: a VM’s configuration', () => {
  expect(told(read('proxmox', fixture('proxmox-100.conf')))).toMatchInlineSnapshot(`
    {
      "devices": [
        "scsi0 in scsi0 {"drive":"drive-scsi0","qdev":"scsi0"}",
        "scsi1 in scsi1 {"drive":"drive-scsi1","qdev":"scsi1"}",
        "virtio0 in virtio0 {"drive":"drive-virtio0","qdev":"/machine/peripheral/virtio0/virtio-backend"}",
      ],
      "groups": {
        "scsi0": {
          "bps-read": 11010048,
          "bps-write": 67108864,
          "iops-read": 1000,
          "iops-read-max": 3000,
          "iops-read-max-length": 30,
        },
        "scsi1": {},
        "virtio0": {
          "bps-total": 314572,
        },
      },
      "losses": [
        "line 10 scsi1: not-understood: Proxmox does not read bps; rates of bytes are mbps…, in MiB/s",
        "line 12 virtio0: rounded: mbps=0.3 is 314572.8 bytes/s; Proxmox cuts that to 314572",
        "line 14: dropped: the section [before-upgrade] is a snapshot, not what the VM has now; it is left out: scsi0 (iops_rd=5)",
        "groups.scsi1.iops-total-max: dropped: 500 is left out: bps_max/iops_max require corresponding bps/iops values",
      ],
      "name": "web01",
      "notes": [
        "ide2 holds a CD-ROM; left out.",
        "No machine version is named, so the QEMU that starts it decides: from Proxmox VE 9 on (QEMU 10) drives stand on throttle filters (group throttle-drive-scsi0), before that the limits are the drives’ own (drive-scsi0).",
      ],
    }
  `)
})

test('io-max: as the kernel prints it', () => {
  expect(
    told(
      read(
        'io-max',
        '8:16 rbps=2097152 wbps=max riops=max wiops=120\n8:0 rbps=max wbps=max riops=max wiops=max\nnonsense\n',
      ),
    ),
  ).toMatchInlineSnapshot(`
    {
      "devices": [
        "8:16 in 8:16 {}",
        "8:0 in no group {}",
      ],
      "groups": {
        "8:16": {
          "bps-read": 2097152,
          "iops-write": 120,
        },
      },
      "losses": [
        "line 3: not-understood: "nonsense" does not begin with MAJ:MIN",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
})
