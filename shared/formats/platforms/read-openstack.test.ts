import { expect, test } from 'vitest'
import { read, told } from '../fixtures/read.ts'
import { findFormat, guessFormat } from '../formats.ts'

// What OpenStack's clients take and print.

test('openstack: commands of QoS specifications and flavors', () => {
  const text = `openstack volume qos create --consumer front-end --property total_iops_sec=500 \\
  --property total_iops_sec_max=2000 gold
openstack volume qos set gold --property=size_iops_sec=4096
cinder qos-create slow consumer=back-end read_bytes_sec=1048576 write_iops_sec=$W
openstack flavor set --property quota:disk_read_iops_sec=10240 --property hw:cpu_policy=shared m1.small
nova flavor-key m1.large set quota:disk_total_bytes_sec=5 quota:disk_nonsense_sec=3
openstack volume qos unset --property size_iops_sec gold
openstack volume list`
  expect(told(read('openstack', text))).toMatchInlineSnapshot(`
    {
      "devices": [],
      "groups": {
        "gold": {
          "iops-total": 500,
          "iops-total-max": 2000,
        },
        "m1.large": {
          "bps-total": 5,
        },
        "m1.small": {
          "iops-read": 10240,
        },
        "slow": {
          "bps-read": 1048576,
        },
      },
      "losses": [
        "line 4: not-understood: slow is for the back-end: the storage holds it, QEMU does not",
        "line 4: not-understood: write_iops_sec is "$W", a shell variable, whose value is not in this text",
        "line 6: not-understood: quota:disk_nonsense_sec is not a limit of Cinder or Nova",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
})

test('openstack: tables', () => {
  const text = `+------------+--------------------------------------------------+
| Field      | Value                                            |
+------------+--------------------------------------------------+
| consumer   | front-end                                        |
| id         | 7a1f6bcc-5f57-4c5a-9f0e-3f5c3b1c2b77             |
| name       | gold                                             |
| properties | read_iops_sec='300', total_bytes_sec='10485760'  |
+------------+--------------------------------------------------+
| Property | Value                   |
| name     | high-iops               |
| specs    | read_iops_sec : 20000   |
|          | write_iops_sec : 10000  |
| ID | Name | Consumer | Associations | Properties |
| 1  | list | both     | lvm          | total_iops_sec='7' |`
  expect(told(read('openstack', text))).toMatchInlineSnapshot(`
    {
      "devices": [],
      "groups": {
        "gold": {
          "bps-total": 10485760,
          "iops-read": 300,
        },
        "high-iops": {
          "iops-read": 20000,
          "iops-write": 10000,
        },
        "list": {
          "iops-total": 7,
        },
      },
      "losses": [],
      "name": "Imported",
      "notes": [],
    }
  `)
})

test('openstack: limits by the gigabyte with the volume’s size, or said to need it', () => {
  const keys = `[g]
total_iops_sec_per_gb = 30
total_iops_sec_max = 2000
read_bytes_sec_per_gb = 10
read_bytes_sec_per_gb_min = 5000
`
  expect(told(read('openstack', `${keys}size = 100`))).toMatchInlineSnapshot(`
    {
      "devices": [],
      "groups": {
        "g": {
          "bps-read": 5000,
          "iops-total": 2000,
        },
      },
      "losses": [
        "line 2: converted: total_iops_sec_per_gb 30 of g is 2000 for a volume of 100 GB",
        "line 4: converted: read_bytes_sec_per_gb 10 of g is 5000 for a volume of 100 GB",
      ],
      "name": "Imported",
      "notes": [],
    }
  `)
  expect(told(read('openstack', keys)).losses).toMatchInlineSnapshot(`
    [
      "line 2: not-understood: total_iops_sec_per_gb 30 of g needs the size of the volume: add a line such as size = 100 (GB)",
      "line 4: not-understood: read_bytes_sec_per_gb 10 of g needs the size of the volume: add a line such as size = 100 (GB)",
      "groups.g.iops-total-max: dropped: 2000 is left out: bps_max/iops_max require corresponding bps/iops values",
    ]
  `)
})

test('openstack: what its clients print as JSON', () => {
  const text = JSON.stringify([
    { ID: '1', Name: 'gold', Consumer: 'front-end', Associations: [], Properties: { total_iops_sec: '500' } },
    { ID: '2', Name: 'slow', Consumer: 'back-end', Properties: { read_bytes_sec: '1048576' } },
  ])
  expect(guessFormat(text)).toMatchObject({ ok: true, value: { id: 'openstack' } })
  expect(told(read('openstack', text))).toMatchObject({
    groups: { gold: { 'iops-total': 500 }, slow: { 'bps-read': 1048576 } },
    losses: ['line 1: not-understood: slow is for the back-end: the storage holds it, QEMU does not'],
  })
  const flavor = '{"name":"m1","properties":{"quota:disk_total_iops_sec":"5"}}'
  expect(guessFormat(flavor)).toMatchObject({ ok: true, value: { id: 'openstack' } })
  expect(read('openstack', flavor).workspace.groups).toEqual({ m1: { 'iops-total': 5 } })
  expect(read('openstack', '{"properties":{"quota:disk_total_iops_sec":"5"}}').workspace.groups).toEqual({
    qos: { 'iops-total': 5 },
  })
})

test('openstack: JSON and commands in one text are both read', () => {
  const json = '{\n  "name": "gold",\n  "properties": {"total_iops_sec": "500", "iops_limit": "1"}\n}'
  const commands = 'openstack volume qos create --property total_iops_sec=7 slow\nread_iops_sec 8'
  const groups = { gold: { 'iops-total': 500 }, slow: { 'iops-total': 7 } }
  expect(told(read('openstack', `${json}\n${commands}`))).toMatchObject({
    groups,
    losses: [
      expect.stringMatching(/^line 1: .*iops_limit/),
      'line 6: not-understood: "read_iops_sec 8" is not a limit of Cinder or Nova',
    ],
  })
  expect(
    told(read('openstack', `${commands}\n$ openstack volume qos show -f json gold\n${json},\n${json}`)),
  ).toMatchObject({
    groups,
    losses: [
      expect.stringMatching(/^line 2: /),
      expect.stringMatching(/^line 4: .*iops_limit/),
      expect.stringMatching(/^line 8: .*iops_limit/),
    ],
  })
  expect(findFormat('openstack')?.read?.('{"name": "gold", "properties": {"total_iops_sec": "5"', {})).toMatchObject({
    issues: [{ path: 'line 1', code: 'not-json' }],
  })
  expect(read('openstack', `f() {\n{ "$1"; }\n${commands}`).workspace.groups).toEqual({ slow: { 'iops-total': 7 } })
})
