import { describe, expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { read, readMachine, told } from '../fixtures/read.ts'
import { formatLoss, type WriteOptions } from '../format.ts'
import { findFormat } from '../formats.ts'

// Incus, Cloud Hypervisor, Firecracker and SPDK: limits that are not QEMU's buckets, or only some of them.

const parsed = parseWorkspace({
  format: 'weir-workspace/1',
  groups: {
    gold: { 'iops-total': 300, 'iops-total-max': 1000, 'iops-total-max-length': 10, 'bps-total': 5_000_000 },
    split: { 'bps-read': 10_485_760, 'iops-read': 100, 'iops-write': 50 },
  },
  devices: [{ id: 'db', group: 'gold' }, { id: 'log', group: 'gold' }, { id: 'web 1', group: 'split' }, { id: 'tmp' }],
})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
const workspace = parsed.value

function write(id: string, options: WriteOptions = {}) {
  const written = findFormat(id)?.write?.(workspace, options)
  if (!written?.ok) throw new Error(JSON.stringify(written))
  return { text: written.value.text, losses: written.value.losses.map(formatLoss) }
}

describe('written', () => {
  test('incus', () => {
    expect(write('incus', { vm: 'c1', split: 'each' })).toMatchInlineSnapshot(`
      {
        "losses": [
          "devices[2].id: renamed: Incus takes no device "web 1"; it is called web-1-vbdrkm",
          "groups.gold: dropped: Incus limits each disk alone: db and log no longer share gold and may take 2 times its limits together",
          "groups.split: renamed: Incus names no group; split is known by its only disk web-1-vbdrkm",
          "groups.gold.bps-total: converted: Incus has no totals; reads and writes get 5000000 each and may take twice that together",
          "groups.gold.iops-total-max: dropped: Incus has no iops-total-max; 1000 is left out",
          "groups.gold.iops-total-max-length: dropped: Incus has no iops-total-max-length; 10 is left out",
          "groups.gold.iops-total: dropped: Incus takes one limit for limits.read and for limits.write, bytes or requests; iops-total 300 is left out there",
          "groups.split.iops-read: dropped: Incus takes one limit for limits.read, bytes or requests; iops-read 100 is left out there",
        ],
        "text": "incus config device set c1 db limits.max= limits.read=5000000B limits.write=5000000B
      incus config device set c1 log limits.max= limits.read=5000000B limits.write=5000000B
      incus config device set c1 web-1-vbdrkm limits.max= limits.read=10MiB limits.write=50iops
      incus config device set c1 tmp limits.max= limits.read= limits.write=
      ",
      }
    `)
  })
  test('incus: totals in halves, requests first', () => {
    expect(write('incus', { vm: 'c1', split: 'half', style: 'iops' }).text).toMatchInlineSnapshot(`
      "incus config device set c1 db limits.max= limits.read=150iops limits.write=150iops
      incus config device set c1 log limits.max= limits.read=150iops limits.write=150iops
      incus config device set c1 web-1-vbdrkm limits.max= limits.read=100iops limits.write=50iops
      incus config device set c1 tmp limits.max= limits.read= limits.write=
      "
    `)
  })
  test('cloud-hypervisor', () => {
    expect(write('cloud-hypervisor')).toMatchInlineSnapshot(`
      {
        "losses": [
          "devices[2]: dropped: Cloud Hypervisor limits reads and writes together only, and web 1 has no such limit; it is not written",
          "groups.gold.iops-total-max-length: dropped: Cloud Hypervisor holds a burst to no rate: the 9900 of it may go at once, not at 1000 a second for 10 s",
          "groups.gold.iops-total-max: rounded: Cloud Hypervisor has one size for a burst, rate times length, which refills within a whole number of ms: 1000 × 10 s becomes 9900",
          "groups.split: dropped: Cloud Hypervisor limits reads and writes together only; split is left out",
        ],
        "text": "--rate-limit-group \\
        id=gold,bw_size=5000000,bw_refill_time=1000,ops_size=9900,ops_refill_time=33000 \\
      --disk \\
        path=IMAGE,id=db,rate_limit_group=gold \\
        path=IMAGE,id=log,rate_limit_group=gold
      ",
      }
    `)
  })
  test('firecracker', () => {
    expect(write('firecracker')).toMatchInlineSnapshot(`
      {
        "losses": [
          "devices[2]: dropped: Firecracker limits reads and writes together only, and web 1 has no such limit; no call is written",
          "groups.gold: dropped: Firecracker limits each disk alone: db and log no longer share gold and may take 2 times its limits together",
          "groups.gold.iops-total-max-length: dropped: Firecracker holds a burst to no rate: the 9900 of it may go at once, not at 1000 a second for 10 s",
          "groups.gold.iops-total-max: rounded: Firecracker has one size for a burst, rate times length, which refills within a whole number of ms: 1000 × 10 s becomes 9900",
          "groups.split: dropped: Firecracker limits reads and writes together only; split is left out",
        ],
        "text": "curl --unix-socket "$SOCKET" -X PATCH http://localhost/drives/db -H 'Content-Type: application/json' -d '{"drive_id":"db","rate_limiter":{"bandwidth":{"size":5000000,"refill_time":1000},"ops":{"size":9900,"refill_time":33000}}}'
      curl --unix-socket "$SOCKET" -X PATCH http://localhost/drives/log -H 'Content-Type: application/json' -d '{"drive_id":"log","rate_limiter":{"bandwidth":{"size":5000000,"refill_time":1000},"ops":{"size":9900,"refill_time":33000}}}'
      ",
      }
    `)
  })
  test('spdk', () => {
    expect(write('spdk')).toMatchInlineSnapshot(`
      {
        "losses": [
          "groups.gold: dropped: SPDK limits each disk alone: db and log no longer share gold and may take 2 times its limits together",
          "groups.split: renamed: SPDK names no group; split is known by its only disk web 1",
          "groups.gold.iops-total-max: dropped: SPDK has no iops-total-max; 1000 is left out",
          "groups.gold.iops-total-max-length: dropped: SPDK has no iops-total-max-length; 10 is left out",
          "groups.gold.iops-total: rounded: SPDK takes steps of 1000 IOPS; 300 becomes 1000",
          "groups.gold.bps-total: rounded: SPDK takes steps of 1 MiB/s; 5000000 becomes 5242880",
          "groups.split.iops-read: dropped: SPDK has no iops-read; 100 is left out",
          "groups.split.iops-write: dropped: SPDK has no iops-write; 50 is left out",
        ],
        "text": "rpc.py bdev_set_qos_limit db --rw-ios-per-sec 1000 --rw-mbytes-per-sec 5 --r-mbytes-per-sec 0 --w-mbytes-per-sec 0
      rpc.py bdev_set_qos_limit log --rw-ios-per-sec 1000 --rw-mbytes-per-sec 5 --r-mbytes-per-sec 0 --w-mbytes-per-sec 0
      rpc.py bdev_set_qos_limit 'web 1' --rw-ios-per-sec 0 --rw-mbytes-per-sec 0 --r-mbytes-per-sec 10 --w-mbytes-per-sec 0
      rpc.py bdev_set_qos_limit tmp --rw-ios-per-sec 0 --rw-mbytes-per-sec 0 --r-mbytes-per-sec 0 --w-mbytes-per-sec 0
      ",
      }
    `)
  })
})

describe('read', () => {
  test('incus: commands; limits.max goes before the other two', () => {
    const text = `incus config device set c1 root limits.read=10MB limits.write 5iops
lxc config device override c1 data limits.max=30MiB limits.read=5iops
incus config device set c1 data limits.max=$RATE
incus config device set c1 logs limits.read 20kB
incus config device add c1 tmp disk source=/x path=/y limits.write=7 limits.iops=3
incus config device unset c1 logs limits.read`
    expect(told(read('incus', text))).toMatchInlineSnapshot(`
      {
        "devices": [
          "root in root {"style":"legacy"}",
          "data in no group {}",
          "logs in no group {}",
          "tmp in tmp {"style":"legacy"}",
        ],
        "groups": {
          "root": {
            "bps-read": 10000000,
          },
          "tmp": {
            "bps-write": 7,
          },
        },
        "losses": [
          "line 1: not-understood: "limits.write" looks like throttling and is not understood",
          "line 1: not-understood: "5iops" looks like throttling and is not understood",
          "line 2: not-understood: limits.read 5iops of data has no effect beside limits.max",
          "line 3: dropped: data: limits.max is set twice; the last one counts: $RATE replaces 30MiB",
          "line 3: not-understood: limits.read is "$RATE", a shell variable, whose value is not in this text",
          "line 3: not-understood: limits.write is "$RATE", a shell variable, whose value is not in this text",
          "line 5: not-understood: Incus has no limits.iops of a disk",
        ],
        "name": "c1",
        "notes": [],
      }
    `)
  })
  test('incus: YAML', () => {
    const text = `name: web
devices:
  eth0:
    limits.max: 5Mbit
    type: nic
  root:
    limits.read: 20MB
    limits.write: "300iops"
    path: /
    type: disk
  data:
    type: disk
    limits.max: 12MiB`
    expect(told(read('incus', text))).toMatchInlineSnapshot(`
      {
        "devices": [
          "root in root {"style":"legacy"}",
          "data in data {"style":"legacy"}",
        ],
        "groups": {
          "data": {
            "bps-read": 12582912,
            "bps-write": 12582912,
          },
          "root": {
            "bps-read": 20000000,
            "iops-write": 300,
          },
        },
        "losses": [
          "line 4: not-understood: limits.max of eth0 is not a limit of a disk",
        ],
        "name": "web",
        "notes": [],
      }
    `)
  })
  test('cloud-hypervisor: a command line', () => {
    const text = `cloud-hypervisor --disk path=a.raw,rate_limit_group=g0 'path="b,c.raw",bw_size=1048576,bw_refill_time=100,id=own' path=d.raw,ops_size=5 \\
  --rate-limit-group id=g0,bw_size=1048576,bw_refill_time=100,ops_size=20000,ops_refill_time=4000,ops_one_time_burst=7 \\
  --net tap=,bw_size=1,bw_refill_time=1`
    expect(told(read('cloud-hypervisor', text))).toMatchInlineSnapshot(`
      {
        "devices": [
          "_disk0 in g0 {}",
          "own in own {}",
          "_disk2 in no group {}",
        ],
        "groups": {
          "g0": {
            "bps-total": 10485760,
            "iops-total": 5000,
            "iops-total-max": 20000,
          },
          "own": {
            "bps-total": 10485760,
          },
        },
        "losses": [
          "line 1 rate-limit-group g0: dropped: ops lets 7 more go once, at the start, which QEMU has no word for",
          "line 1 disk _disk2: not-understood: ops has no refill time, and limits nothing",
          "line 1: not-understood: --net has limits of a network card, which do not throttle disks",
        ],
        "name": "Imported",
        "notes": [],
      }
    `)
  })
  test('firecracker: a configuration and calls', () => {
    const config = `{"drives":[{"drive_id":"rootfs","path_on_host":"/x","rate_limiter":{"bandwidth":{"size":1000,"one_time_burst":5,"refill_time":150},"ops":null}},
{"drive_id":"data","rate_limiter":{"ops":{"size":10,"refill_time":100}}}],"network-interfaces":[{"iface_id":"e","rx_rate_limiter":{"ops":{"size":1,"refill_time":1}}}]}`
    expect(told(read('firecracker', config))).toMatchInlineSnapshot(`
      {
        "devices": [
          "rootfs in rootfs {}",
          "data in data {}",
        ],
        "groups": {
          "data": {
            "iops-total": 100,
          },
          "rootfs": {
            "bps-total": 6667,
          },
        },
        "losses": [
          "line 1 drive rootfs: dropped: bandwidth lets 5 more go once, at the start, which QEMU has no word for",
          "line 1 drive rootfs: rounded: bps-total: 1000 in 150 ms is 6666.666666666667 a second; taken as 6667",
          "line 1 drive rootfs: converted: bps-total: a burst of 1000 is below the rate, which QEMU has no word for: it lets a tenth of a second's worth go at once",
          "line 1: not-understood: network-interfaces has limits of something other than a drive",
        ],
        "name": "Imported",
        "notes": [],
      }
    `)
    const calls = `curl --unix-socket /run/a.sock -X PATCH "http://localhost/drives/rootfs" -d '{"drive_id":"rootfs","rate_limiter":{"ops":{"size":300,"refill_time":1000}}}'
curl --unix-socket /run/b.sock -X PUT http://localhost/drives/x -d @file.json`
    expect(readMachine('firecracker', calls, '/run/a.sock').workspace.groups).toEqual({
      rootfs: { 'iops-total': 300 },
    })
  })
  test('spdk: commands and JSON-RPC', () => {
    const text = `scripts/rpc.py bdev_set_qos_limit Malloc0 --rw_ios_per_sec 1500 --rw-mbytes-per-sec=20
scripts/rpc.py bdev_set_qos_limit Malloc0 --rw-mbytes-per-sec 0 --r_mbytes_per_sec 3
rpc.py bdev_set_qos_limit Nvme0n1 --w-mbytes-per-sec $W --size 4`
    expect(told(read('spdk', text))).toMatchInlineSnapshot(`
      {
        "devices": [
          "Malloc0 in Malloc0 {}",
          "Nvme0n1 in no group {}",
        ],
        "groups": {
          "Malloc0": {
            "bps-read": 3145728,
            "iops-total": 2000,
          },
        },
        "losses": [
          "line 1: rounded: rw_ios_per_sec 1500 of Malloc0 is 2000 in SPDK, which rounds up",
          "line 2: dropped: Malloc0: bps-total: 20971520 is removed here",
          "line 3: not-understood: w_mbytes_per_sec is "$W", a shell variable, whose value is not in this text",
          "line 3: not-understood: bdev_set_qos_limit has no size",
        ],
        "name": "Imported",
        "notes": [],
      }
    `)
    const json = `{"method":"bdev_set_qos_limit","params":{"name":"a","rw_ios_per_sec":2000}}
[{"name":"b","assigned_rate_limits":{"rw_ios_per_sec":0,"rw_mbytes_per_sec":0,"r_mbytes_per_sec":4,"w_mbytes_per_sec":0}}]`
    expect(read('spdk', json).workspace.groups).toEqual({ a: { 'iops-total': 2000 }, b: { 'bps-read': 4_194_304 } })
  })
})
