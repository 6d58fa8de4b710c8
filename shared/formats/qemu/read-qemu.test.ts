import { describe, expect, test } from 'vitest'
import { devicesOf, read, told, transcript } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'

interface Recording {
  readonly exchanges: readonly { readonly send: { readonly execute: string }; readonly receive: unknown }[]
}

// What the readers make of QEMU's own texts.

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
      'groups.g: not-understood: its limits are not in this text; qom-get of /objects/g shows them. Taken as unlimited',
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
        "groups.tg0: not-understood: its limits are not in this text; qom-get of /objects/tg0 shows them. Taken as unlimited",
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
          "d9 in no group {}",
          "n0 in g0 {"qdev":"/machine/peripheral/vd0/virtio-backend","filter":"t0","style":"filter"}",
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
          "-drive: converted: this -drive (x) has no id; QEMU calls it virtio0",
          "-hdb: converted: this -hdb (y.img) has no id; QEMU calls it ide0-hd1",
          "-drive throttling.bps-total: not-understood: "1M" is not a number; QEMU takes no suffixes here",
          "-fsdev: not-understood: limits of a shared folder; Weir knows the limits of disks only",
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
