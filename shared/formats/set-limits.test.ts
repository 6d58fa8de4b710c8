import { expect, test } from 'vitest'
import { read } from './fixtures/read.ts'
import { formatLoss, type Loss } from './format.ts'

const twice = (losses: readonly Loss[]) => losses.map(formatLoss).filter((loss) => loss.includes('set twice'))
const RPC = 'rpc.py bdev_set_qos_limit M'
const CALL = (ops: number) => `{"drive_id":"d","rate_limiter":{"ops":{"size":${ops},"refill_time":1000}}}`
const THROTTLE = (iops: number) =>
  `{"execute":"block_set_io_throttle","arguments":{"device":"d0","bps":0,"bps_rd":0,"bps_wr":0,"iops":${iops},"iops_rd":0,"iops_wr":0}}`
const DRIVE = (iops: number) => `-drive file=a${iops},throttling.group=g,throttling.iops-total=${iops}`

test.each([
  [
    'spdk',
    `${RPC} --rw-ios-per-sec 2000\n${RPC} --rw-ios-per-sec 3000\n`,
    'M: iops-total is set twice; the last one counts: 3000 replaces 2000',
  ],
  [
    'spdk',
    `${RPC} --rw-ios-per-sec 2000 --rw-ios-per-sec 3000\n`,
    'rw_ios_per_sec is set twice; the last one counts: 3000 replaces 2000',
  ],
  [
    'firecracker',
    `{"drives":[${CALL(5)},${CALL(7)}]}`,
    'd: iops-total is set twice; the last one counts: 7 replaces 5',
  ],
  [
    'cloud-hypervisor',
    'cloud-hypervisor --disk path=a,ops_size=5,ops_size=7,ops_refill_time=1000',
    'ops_size is set twice; the last one counts: 7 replaces 5',
  ],
  [
    'cloud-hypervisor',
    'cloud-hypervisor --rate-limit-group id=g,ops_size=5,ops_refill_time=1000 id=g,ops_size=7,ops_refill_time=1000 --disk path=a,rate_limit_group=g',
    'g: iops-total is set twice; the last one counts: 7 replaces 5',
  ],
  [
    'incus',
    'incus config device set c root limits.read=5iops\nincus config device set c root limits.read=7iops\n',
    'root: limits.read is set twice; the last one counts: 7iops replaces 5iops',
  ],
  [
    'systemd',
    '[Slice]\nIOReadIOPSMax=/dev/sda 5\nIOReadIOPSMax=/dev/sda 7\n',
    '/dev/sda: iops-read is set twice; the last one counts: 7 replaces 5',
  ],
  [
    'hmp',
    'block_set_io_throttle d0 0 0 0 5 0 0\nblock_set_io_throttle d0 0 0 0 7 0 0\n',
    'd0: iops-total is set twice; the last one counts: 7 replaces 5',
  ],
  ['qmp', `${THROTTLE(5)}\n${THROTTLE(7)}\n`, 'd0: iops-total is set twice; the last one counts: 7 replaces 5'],
  [
    'qemu-args',
    `qemu-system-x86_64 ${DRIVE(5)} ${DRIVE(7)}`,
    'g: iops-total is set twice; the last one counts: 7 replaces 5',
  ],
  [
    'qemu-args',
    `qemu-system-x86_64 -object throttle-group,id=g,x-iops-total=5 ${DRIVE(7)}`,
    'g: iops-total is set twice; the last one counts: 7 replaces 5',
  ],
  [
    'qemu-args',
    'qemu-system-x86_64 -drive file=a,throttling.iops-total=5,throttling.iops-total=7',
    'throttling.iops-total is set twice; the last one counts: 7 replaces 5',
  ],
  ['io-max', '8:16 riops=5\n8:16 riops=7\n', '8:16: iops-read is set twice; the last one counts: 7 replaces 5'],
])('%s: what is set twice is a loss: %j', (format, text, message) => {
  const { workspace, losses } = read(format, text)
  expect(twice(losses)).toEqual([expect.stringContaining(message)])
  expect([[3000], [7]]).toContainEqual(Object.values(workspace.groups).flatMap((limits) => Object.values(limits)))
})

test.each([
  ['spdk', `${RPC} --rw-ios-per-sec 2000\n${RPC} --r-mbytes-per-sec 1\n`],
  ['io-max', '8:16 riops=5\n8:16 wiops=7\n8:16 riops=5\n'],
])('%s: what is added, or set to the same, is none', (format, text) => {
  expect(read(format, text).losses).toEqual([])
})

test('qemu-args: the first of a short name counts, and the other is a loss', () => {
  const { workspace, losses } = read('qemu-args', 'qemu-system-x86_64 -drive file=a,iops=5,iops=7')
  expect(Object.values(workspace.groups)).toEqual([{ 'iops-total': 5 }])
  expect(twice(losses)).toEqual([expect.stringContaining('iops is set twice: 7 is left out')])
})

test('qemu-args: a short name that is repeated with the same text is none', () => {
  const { losses } = read('qemu-args', 'qemu-system-x86_64 -drive file=a,id=d0,iops=5,iops=5,group=g,group=g')
  expect(losses).toEqual([])
  const other = read('qemu-args', 'qemu-system-x86_64 -drive file=a,id=d0,iops=5,iops_size=8,group=x,group=8')
  expect([other.workspace.groups, twice(other.losses)]).toEqual([
    { x: { 'iops-total': 5, 'iops-size': 8 } },
    ['-drive: dropped: group is set twice: 8 is left out; QEMU uses the first when a short name is repeated'],
  ])
})

const AGAIN = (key: string) =>
  `line 1: not-understood: "${key}" appears here a second time (first in line 1), and the last one was taken`

test.each([
  [
    'spdk',
    '{"method":"bdev_set_qos_limit","params":{"name":"M","rw_ios_per_sec":5000,"rw_ios_per_sec":7000}}',
    'rw_ios_per_sec',
    7000,
  ],
  ['firecracker', '{"drive_id":"d","rate_limiter":{"ops":{"size":5,"size":7,"refill_time":1000}}}', 'size', 7],
  [
    'firecracker',
    `curl http://localhost/drives/d -d '{"rate_limiter":{"ops":{"size":5,"size":7,"refill_time":1000}}}'`,
    'size',
    7,
  ],
  ['openstack', '{"name":"g","specs":{"total_iops_sec":"5","total_iops_sec":"7"}}', 'total_iops_sec', 7],
])('%s: %s: of a key that stands twice it is said which counts', (format, text, key, iops) => {
  const { workspace, losses } = read(format, text)
  expect(Object.values(workspace.groups)).toEqual([{ 'iops-total': iops }])
  expect(losses.map(formatLoss)).toEqual([AGAIN(key)])
})

test('hmp: limits that change in the course of a session are no loss', () => {
  const session = [5, 7].map((iops) => `(qemu) block_set_io_throttle d0 0 0 0 ${iops} 0 0\n`).join('')
  const { workspace, losses } = read('hmp', session)
  expect([workspace.groups, losses]).toEqual([{ d0: { 'iops-total': 7 } }, []])
})
