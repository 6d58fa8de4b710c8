import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Workspace } from '../workspace/workspace.ts'
import { formatLoss, type Imported } from './format.ts'
import { FORMATS, findFormat, guessFormat } from './formats.ts'

interface Recording {
  readonly exchanges: readonly { readonly send: { readonly execute: string }; readonly receive: unknown }[]
}

// What each reader makes of texts as the world has them.

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
/** Recorded from QEMU 7.2. */
const transcript = (name: string) =>
  readFileSync(new URL(`../../main/qemu/fixtures/transcripts/${name}.json`, import.meta.url), 'utf8')

function read(format: string, text: string, fileName?: string): Imported {
  const result = findFormat(format)?.read?.(text, fileName === undefined ? {} : { fileName })
  if (!result?.ok) throw new Error(JSON.stringify(result))
  return result.value
}

function told({ workspace, losses, notes }: Imported) {
  return {
    name: workspace.name,
    groups: workspace.groups,
    devices: devicesOf(workspace),
    losses: losses.map(formatLoss),
    notes,
  }
}

function devicesOf(workspace: Workspace): readonly string[] {
  return workspace.devices.map(({ id, group, qemu }) => `${id} in ${group ?? 'no group'} ${JSON.stringify(qemu)}`)
}

describe('qmp', () => {
  test('a list of commands in any spelling of JSON', () => {
    const text = `
      -> { 'execute': 'object-add', 'arguments': { 'qom-type': 'throttle-group', 'id': 'g0', 'limits': { 'iops-total': 10 } } }
      <- {"return": {}}
      [{"execute":"blockdev-add","arguments":{"driver":"throttle","node-name":"db-throttle","throttle-group":"g0","file":
        {"driver":"qcow2","node-name":"db","file":{"driver":"file","filename":"/x"}}}},
       {"execute":"qom-set","arguments":{"path":"/objects/g0","property":"limits","value":{"iops-total-max":20}}}]`
    expect(told(read('qmp', text))).toMatchInlineSnapshot(`
      {
        "devices": [
          "db in g0 {"style":"filter"}",
        ],
        "groups": {
          "g0": {
            "iops-total": 10,
            "iops-total-max": 20,
          },
        },
        "losses": [],
        "name": "Imported",
        "notes": [],
      }
    `)
  })

  test('commands that QEMU refused change nothing, and views tell what came before the record', () => {
    const text = [
      { execute: 'query-block' },
      {
        return: [
          {
            device: 'd0',
            qdev: 'disk0',
            inserted: { 'node-name': '#block1', drv: 'null-co', file: 'null-co://', group: 'old', iops: 5 },
          },
        ],
      },
      { execute: 'block_set_io_throttle', arguments: { device: 'd0', iops: 1, iops_rd: 1 } },
      { error: { class: 'GenericError', desc: 'no' } },
    ]
      .map((each) => JSON.stringify(each))
      .join('\r\n')
    expect(told(read('qmp', text))).toMatchInlineSnapshot(`
      {
        "devices": [
          "d0 in old {"qdev":"disk0","style":"legacy"}",
        ],
        "groups": {
          "old": {
            "iops-total": 5,
          },
        },
        "losses": [],
        "name": "Imported",
        "notes": [
          "Line 3: QEMU refused block_set_io_throttle (no); it changed nothing.",
        ],
      }
    `)
  })

  test('a group of a filter without its limits is reported', () => {
    const text =
      '{"execute":"blockdev-add","arguments":{"driver":"throttle","node-name":"t0","throttle-group":"g","file":"n0"}}'
    expect(read('qmp', text).losses.map(formatLoss)).toEqual([
      'groups.g: not-understood: its limits are not in this text; QEMU tells them with qom-get of /objects/g. Taken as unlimited',
    ])
  })

  test.each([
    'block_set_io_throttle',
    'throttle-filter',
    'throttle-group-object',
    'moving-live',
    'query-views',
    'storage-daemon',
  ])('the recorded conversation %s', (name) => {
    const { workspace } = read('qmp', transcript(name), `${name}.json`)
    expect({ groups: workspace.groups, devices: devicesOf(workspace) }).toMatchSnapshot()
  })
})

test('qmp-query: throttled, free, filtered and without medium', () => {
  const { exchanges } = JSON.parse(transcript('query-views')) as Recording
  const views = exchanges.filter((each) => each.send.execute === 'query-block').at(-1)?.receive
  expect(told(read('qmp-query', JSON.stringify(views, null, 2)))).toMatchInlineSnapshot(`
    {
      "devices": [
        "disk0 in no group {"qdev":"disk0","node":"n0"}",
        "legacy0 in grp {"node":"n1","style":"legacy"}",
        "legacy1 in legacy1 {"style":"legacy"}",
        "plain0 in no group {}",
        "t0 in tg0 {"qdev":"disk1","filter":"t0","style":"filter"}",
      ],
      "groups": {
        "grp": {
          "bps-read": 1000000,
          "bps-read-max": 3000000,
          "bps-read-max-length": 5,
          "iops-size": 4096,
          "iops-total": 100,
        },
        "legacy1": {
          "iops-read": 7,
        },
        "tg0": {},
      },
      "losses": [
        "groups.tg0: not-understood: its limits are not in this text; QEMU tells them with qom-get of /objects/tg0. Taken as unlimited",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
  const { exchanges: media } = JSON.parse(transcript('removable-media')) as Recording
  const all = media.filter((each) => each.send.execute === 'query-block').map((each) => JSON.stringify(each.receive))
  expect(told(read('qmp-query', all.join('\n')))).toMatchInlineSnapshot(`
    {
      "devices": [
        "dev0 in no group {"qdev":"dev0","node":"cd1"}",
      ],
      "groups": {},
      "losses": [
        "dev0: not-understood: no medium is in it, so QEMU does not show its limits; left out",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
})

describe('qemu-args', () => {
  test('as typed in a shell, with line ends, quotes and old spellings', () => {
    const text = `exec /usr/bin/qemu-system-x86_64 -name guest=web01,debug-threads=on \\
      -m 4G -smp 2 -drive 'file=/img/a,,b.qcow2,if=none,id=d0,iops=5,bps_rd=1000,bps_rd_max=2000,group=shared' \\
      -drive file=x,if=virtio -hdb y.img -device scsi-hd,drive=d0,id=disk0 # the end
      -object throttle-group,id=g0,x-iops-total=100,x-iops-total-max=0x100 \\
      -blockdev throttle,node-name=t0,throttle-group=g0,file.driver=qcow2,file.node-name=n0,file.file.driver=file,file.file.filename=z \\
      -device virtio-blk-pci,drive=t0,id=vd0 -drive if=pflash,file=OVMF.fd -drive id=d9,throttling.bps-total=1M,if=none -fsdev local,id=f,throttling.bps-total=5 -set drive.d0.cache=none`
    expect(told(read('qemu-args', text))).toMatchInlineSnapshot(`
      {
        "devices": [
          "d0 in shared {"qdev":"disk0","style":"legacy"}",
          "virtio0 in no group {}",
          "ide0-hd1 in no group {}",
          "n0 in g0 {"qdev":"/machine/peripheral/vd0/virtio-backend","filter":"t0","style":"filter"}",
          "d9 in no group {}",
        ],
        "groups": {
          "g0": {
            "iops-total": 100,
            "iops-total-max": 256,
          },
          "shared": {
            "bps-read": 1000,
            "bps-read-max": 2000,
            "iops-total": 5,
          },
        },
        "losses": [
          "-drive: converted: this -drive (x) has no id; QEMU makes one such as virtio0",
          "-drive throttling.bps-total: not-understood: "1M" is no number; QEMU takes no suffixes here",
          "-fsdev: not-understood: limits of a shared folder; Weir knows the limits of disks only",
          "-set: not-understood: "drive.d0.cache=none" changes a -drive; write it into the -drive itself",
        ],
        "name": "web01",
        "notes": [],
      }
    `)
  })

  test('as ps shows libvirt’s, and as /proc has it: the same', () => {
    const words = [
      '/usr/bin/qemu-system-x86_64',
      '-name',
      'guest=vm 1',
      '-object',
      '{"qom-type":"throttle-group","id":"throttle-limit0","limits":{"iops-total":100}}',
      '-blockdev',
      '{"driver":"file","filename":"/a b/c","node-name":"libvirt-1-storage"}',
      '-blockdev',
      '{"node-name":"libvirt-1-format","driver":"raw","file":"libvirt-1-storage"}',
      '-blockdev',
      '{"driver":"throttle","node-name":"libvirt-1-throttle","throttle-group":"throttle-limit0","file":"libvirt-1-format"}',
      '-device',
      '{"driver":"virtio-blk-pci","drive":"libvirt-1-throttle","id":"virtio-disk0"}',
    ]
    const fromProc = told(read('qemu-args', `${words.join('\0')}\0`))
    expect(fromProc).toMatchInlineSnapshot(`
      {
        "devices": [
          "libvirt-1-format in throttle-limit0 {"qdev":"/machine/peripheral/virtio-disk0/virtio-backend","filter":"libvirt-1-throttle","style":"filter"}",
        ],
        "groups": {
          "throttle-limit0": {
            "iops-total": 100,
          },
        },
        "losses": [],
        "name": "vm 1",
        "notes": [],
      }
    `)
    expect(told(read('qemu-args', words.join(' ').replace('vm 1', 'vm'))).devices).toEqual(fromProc.devices)
  })

  test.each(
    (JSON.parse(transcript('command-line')) as { runs: { note: string; argv: string[]; started: boolean }[] }).runs
      .filter((run) => run.started)
      .map((run) => [run.note, run.argv] as const),
  )('QEMU took: %s', (_, argv) => {
    const { workspace } = read('qemu-args', ['qemu-system-x86_64', ...argv].join('\0'))
    expect({ groups: workspace.groups, devices: devicesOf(workspace) }).toMatchSnapshot()
  })
})

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
        "sda iotune: not-understood: <nice_value> is no limit that Weir knows",
        "blkiotune: not-understood: weights and limits of the host’s cgroup for /dev/sda are no throttle groups; read the cgroup’s io.max instead",
      ],
      "name": "web01",
      "notes": [
        "hdc is no disk that anybody throttles (CD-ROM, floppy); left out.",
      ],
    }
  `)
})

test('libvirt-xml: chains of throttle groups', () => {
  const text = `<domain><throttlegroups><throttlegroup><group_name>a</group_name><total_iops_sec>5</total_iops_sec></throttlegroup></throttlegroups>
    <devices><disk><target dev='vda'/><throttlefilters><throttlefilter group='b'/><throttlefilter group='a'/></throttlefilters></disk></devices></domain>`
  expect(told(read('libvirt-xml', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "vda in a {"style":"filter"}",
      ],
      "groups": {
        "a": {
          "iops-total": 5,
        },
      },
      "losses": [
        "vda: dropped: the disk passes through the group b too; Weir has one group per disk and keeps a",
      ],
      "name": "Imported",
      "notes": [],
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
        "vda in a b {"style":"legacy"}",
        "vdb in vdb {"style":"legacy"}",
        "vdc in no group {}",
      ],
      "groups": {
        "a b": {
          "bps-total": 10485760,
          "bps-total-max": 20000000,
        },
        "limit0": {
          "iops-total": 100,
        },
        "vdb": {
          "iops-read": 5,
        },
      },
      "losses": [
        "line 1 --size-iops-sec: not-understood: "4k" is no number that virsh takes here",
        "line 3: not-understood: virsh has no --nonsense that is a limit",
        "line 6: not-understood: "virsh list" sets no limits",
      ],
      "name": "web01",
      "notes": [],
    }
  `)
})

test('proxmox: a VM’s configuration', () => {
  expect(told(read('proxmox', fixture('proxmox-100.conf')))).toMatchInlineSnapshot(`
    {
      "devices": [
        "scsi0 in scsi0 {"drive":"drive-scsi0","qdev":"scsi0","style":"legacy"}",
        "scsi1 in scsi1 {"drive":"drive-scsi1","qdev":"scsi1","style":"legacy"}",
        "virtio0 in virtio0 {"drive":"drive-virtio0","qdev":"/machine/peripheral/virtio0/virtio-backend","style":"legacy"}",
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
        "line 10 scsi1: not-understood: Proxmox reads no bps; rates of bytes are mbps…, in MiB/s",
        "line 12 virtio0: rounded: mbps=0.3 is 314572.8 bytes/s; Proxmox cuts that to 314572",
        "groups.scsi1.iops-total-max: dropped: 500 is left out: bps_max/iops_max require corresponding bps/iops values",
      ],
      "name": "web01",
      "notes": [
        "The section [before-upgrade] and what follows is a snapshot or pending; it was not read.",
        "ide2 holds a CD-ROM; left out.",
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

describe('fio', () => {
  test('jobs become disks with loads', () => {
    const { workspace, losses } = read('fio', fixture('mixed.fio'))
    expect(workspace.devices.map(({ id, disk, workload }) => ({ id, disk, workload }))).toMatchInlineSnapshot(`
      [
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "db",
          "workload": {
            "arrivals": "closed",
            "blockBytes": 8192,
            "iodepth": 32,
            "kind": "synthetic",
            "offS": null,
            "onS": null,
            "pattern": "random",
            "rateIops": 1428.5714285714287,
            "readPercent": 70,
            "startS": 0,
            "stopS": 120,
          },
        },
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "log",
          "workload": {
            "arrivals": "closed",
            "blockBytes": [
              {
                "bytes": 4096,
                "weight": 60,
              },
              {
                "bytes": 65536,
                "weight": 40,
              },
            ],
            "iodepth": 4,
            "kind": "synthetic",
            "offS": 0.002,
            "onS": 0.5,
            "pattern": "sequential",
            "rateIops": 0,
            "readPercent": 0,
            "startS": 10,
            "stopS": 130,
          },
        },
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "backup.0",
          "workload": {
            "arrivals": "closed",
            "blockBytes": 1048576,
            "iodepth": 1,
            "kind": "synthetic",
            "offS": null,
            "onS": null,
            "pattern": "sequential",
            "rateIops": 100,
            "readPercent": 100,
            "startS": 130,
            "stopS": 250,
          },
        },
        {
          "disk": {
            "direct": true,
            "kind": "file",
            "sizeBytes": 1073741824,
          },
          "id": "backup.1",
          "workload": {
            "arrivals": "closed",
            "blockBytes": 1048576,
            "iodepth": 1,
            "kind": "synthetic",
            "offS": null,
            "onS": null,
            "pattern": "sequential",
            "rateIops": 100,
            "readPercent": 100,
            "startS": 130,
            "stopS": 250,
          },
        },
      ]
    `)
    expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
      [
        "group_reporting: not-understood: it concerns fio’s own reports and files, not the load (db, log and backup)",
        "rate_iops: converted: fio caps reads and writes each; with this mix that is 1428.571 requests/s (db)",
        "write_bw_log: not-understood: it concerns fio’s own reports and files, not the load (backup)",
        "verify: not-understood: Weir’s loads have no such thing; "crc32c" is left out (backup)",
        "rate: converted: 100m bytes/s are 100 requests/s of 1048576 bytes (backup)",
        "iodepth: converted: fio’s psync waits for each request; the iodepth is 1, not 16 (backup)",
      ]
    `)
  })

  test('k is 1024 and ki 1000, unless kb_base turns that round', () => {
    const block = (lines: string) => read('fio', `[a]\n${lines}`).workspace.devices[0]?.workload
    expect(block('bs=4k')).toMatchObject({ blockBytes: 4096 })
    expect(block('bs=4ki')).toMatchObject({ blockBytes: 4000 })
    expect(block('bs=4k\nkb_base=1000')).toMatchObject({ blockBytes: 4000 })
    expect(block('bs=4KiB\nkb_base=1000')).toMatchObject({ blockBytes: 4096 })
  })
})

describe('traces', () => {
  test('fio iolog 3 by time and file', () => {
    const text =
      'fio version 3 iolog\n0 /a b add\n1 /a b open\n2000 /a b read 4096 512\n1000 /a b write 0 4096\n3000 /a b trim 0 4096\n1500 /c read 0 134217728\n4000 /a b close\nx y\n'
    const { workspace, files, losses } = read('fio-iolog', text, 'web.iolog')
    expect(files).toMatchInlineSnapshot(`
      [
        {
          "name": "web-a-b.trace.csv",
          "text": "time_s,op,offset,bytes
      0,write,0,4096
      0.001,read,4096,512
      ",
        },
        {
          "name": "web-c.trace.csv",
          "text": "time_s,op,offset,bytes
      0,read,0,67108864
      0,read,67108864,67108864
      ",
        },
      ]
    `)
    expect(workspace.devices.map(({ id, disk, workload }) => [id, disk.sizeBytes, workload])).toMatchInlineSnapshot(`
      [
        [
          "/a b",
          1048576,
          {
            "iodepth": 64,
            "kind": "trace",
            "loop": false,
            "path": "web-a-b.trace.csv",
            "speed": 1,
          },
        ],
        [
          "/c",
          134217728,
          {
            "iodepth": 64,
            "kind": "trace",
            "loop": false,
            "path": "web-c.trace.csv",
            "speed": 1,
          },
        ],
      ]
    `)
    expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
      [
        "line 9: not-understood: "x y" is no line of this format",
        "dropped: 1 × trim requests left out",
        "dropped: 1 × lines that are none of this format left out",
        "converted: 1 × requests of more than 64 MiB are cut into such pieces",
      ]
    `)
  })

  test('fio iolog 2 has waits for times', () => {
    const text = 'fio version 2 iolog\nf add\nf open\nf read 0 4096\nf wait 1500 0\nf write 4096 4096\nf sync 0 0\n'
    expect(read('fio-iolog', text).files[0]?.text).toBe(
      'time_s,op,offset,bytes\n0,read,0,4096\n0.0015,write,4096,4096\n',
    )
  })

  test('blkparse’s text', () => {
    const { workspace, files, losses } = read('blktrace', fixture('blkparse.txt'), 'sda.blktrace')
    expect(workspace.devices.map((device) => device.id)).toEqual(['8,0', '8,16'])
    expect(files).toMatchInlineSnapshot(`
      [
        {
          "name": "sda-8-0.trace.csv",
          "text": "time_s,op,offset,bytes
      0,write,114426880,4096
      0.001504803,read,524288,8192
      ",
        },
        {
          "name": "sda-8-16.trace.csv",
          "text": "time_s,op,offset,bytes
      0,write,2097152,512
      ",
        },
      ]
    `)
    expect(losses.map(formatLoss)).toMatchInlineSnapshot(`
      [
        "dropped: 1 × discards and flushes left out",
        "dropped: 1 × events without a place (flushes) left out",
      ]
    `)
  })

  test('CSV under other names and units, and Microsoft Research’s', () => {
    expect(read('trace-csv', 'time_us,rw,lba,sectors,pid\n10,R,8,1,7\n1010,W,16,2,7\n').files[0]?.text).toBe(
      'time_s,op,offset,bytes\n0,read,4096,512\n0.001,write,8192,1024\n',
    )
    const msr =
      '128166372003061629,hm,1,Read,383496192,32768,413\n128166372016382155,hm,0,Write,2822144,8192,131327\n128166372016385155,hm,1,Write,0,512,1\n'
    const { workspace, files } = read('trace-csv', msr, 'hm.csv')
    expect(workspace.devices.map((device) => device.id)).toEqual(['hm-1', 'hm-0'])
    expect(files[0]?.text).toBe('time_s,op,offset,bytes\n0,read,383496192,32768\n1.3323526,write,0,512\n')
  })
})

test('each format is guessed from what it looks like', () => {
  const samples: readonly (readonly [string, string])[] = [
    ['qmp', transcript('throttle-filter')],
    ['qmp', '{"execute":"qmp_capabilities"}'],
    ['qmp-query', '[{"device":"d0","locked":false,"removable":true,"inserted":{"iops_rd":0}}]'],
    ['hmp', '(qemu) block_set_io_throttle d0 0 0 0 33 0 0\n'],
    ['qemu-args', '/usr/bin/qemu-system-x86_64 -m 1G -drive file=x'],
    ['qemu-args', 'qemu-system-x86_64\0-drive\0file=x\0'],
    ['qemu-args', '-object throttle-group,id=g0,x-iops-total=1'],
    ['storage-daemon-args', 'qemu-storage-daemon --object throttle-group,id=g0'],
    ['libvirt-xml', fixture('domain.xml')],
    ['virsh', 'virsh blkdeviotune web01 vda --total-iops-sec 5\n'],
    ['proxmox', fixture('proxmox-100.conf')],
    ['proxmox', 'qm set 100 --scsi0 local:x,iops=5'],
    ['openstack', '[gold]\ntotal_iops_sec = 5\n'],
    ['io-max', '8:16 rbps=2097152 wbps=max riops=max wiops=120\n'],
    ['csv', 'device,group,iops-total\ndb,gold,5\n'],
    ['fio', fixture('mixed.fio')],
    ['fio-iolog', 'fio version 2 iolog\nf add\n'],
    ['blktrace', fixture('blkparse.txt')],
    ['trace-csv', 'time_s,op,offset,bytes\n0,read,0,512\n'],
  ]
  for (const [id, text] of samples) {
    const guess = guessFormat(text)
    expect(guess.ok ? guess.value.id : guess.issues, text.slice(0, 60)).toBe(id)
  }
  const readable = FORMATS.filter((format) => format.read).map((format) => format.id)
  expect([...new Set(samples.map(([id]) => id))].sort()).toEqual([...readable].sort())
})
