import { expect, test } from 'vitest'
import { replay } from './replay.ts'
import { parsed } from './testing/random-scenarios.ts'

// Found at random (seeds 1036746607, 2120974415) and cut down.

// QEMU 7.2 and 11.1 answer so.
test('a disk twice in one group: the timer that a request on its way armed ends when that level goes to another group', () => {
  const read = (at_ns: number) => ({ at_ns, device: 'd1', op: 'read', bytes: 512, count: 3 })
  const scenario = parsed({
    ...{ name: 'twice in a group', style: 'filter', run_ns: 40_000_000_000 },
    devices: [
      { id: 'd0', groups: ['g0', 'g0'] },
      { id: 'd1', groups: ['g0', 'g2', 'g2'] },
    ],
    groups: { g0: { 'bps-read': 1000, 'bps-write': 1000 }, g2: { 'iops-total': 1 } },
    events: [read(0), { at_ns: 0, reopen: { device: 'd1', level: 1, group: 'g0' } }, read(5_000_000_000)],
  })
  expect(replay(scenario, 'its-node').completions.d1?.read).toEqual([
    0, 0, 0, 5_900_000_000, 6_948_000_000, 7_900_000_000,
  ])
})

// QEMU 7.2 and 11.1 do not answer this: their drain waits for a timer, which a clock that stands still never fires. Ours ends it.
test('limits of its own in the group of its filter: their timer ends when they go to another group', () => {
  const own = (at_ns: number, values: object) => ({
    at_ns,
    set_io_throttle: { device: 'd0', bps: 0, bps_rd: 0, bps_wr: 1000, iops: 0, iops_rd: 0, iops_wr: 0, ...values },
  })
  const io = (op: string, bytes: number, count: number) => ({ at_ns: 0, device: 'd0', op, bytes, count })
  const scenario = parsed({
    ...{ name: 'own limits twice', style: 'filter', run_ns: 20_000_000_000 },
    devices: [{ id: 'd0', groups: ['g2', 'g0'] }],
    groups: { g0: { 'iops-read': 1, 'iops-write': 1 }, g2: { 'iops-total': 1 } },
    events: [
      own(0, { group: 'g2', bps_rd: 1000, bps_wr_max: 4001 }),
      io('read', 512, 1),
      io('write', 1536, 4),
      own(610_000_000, { group: 'own' }),
    ],
  })
  const { completions, pending } = replay(scenario)
  expect(pending.d0).toEqual({ read: 0, write: 0 })
  expect([completions.d0?.read.length, completions.d0?.write.length]).toEqual([1, 4])
})
