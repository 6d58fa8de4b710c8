import { expect, test } from 'vitest'
import { replay } from './replay.ts'
import { parsed } from './testing/random-scenarios.ts'

// Found at random (seed 557207630) and cut down; QEMU 7.2 and 11.1 answer alike.

test('a disk whose own limits move to another group is drained whole: what waits at its filter goes, too', () => {
  const read = (at_ns: number, count: number, bytes: number) => ({ at_ns, device: 'd0', op: 'read', bytes, count })
  const own = (at_ns: number, values: object) => ({
    at_ns,
    set_io_throttle: { device: 'd0', bps: 0, bps_rd: 0, bps_wr: 0, iops: 0, iops_rd: 291, iops_wr: 238, ...values },
  })
  const scenario = parsed({
    ...{ name: 'own limits over a filter', style: 'filter', devices: [{ id: 'd0', group: 'g1' }] },
    groups: {
      g1: { 'iops-read': 123, 'iops-read-max': 616, 'iops-read-max-length': 1, 'iops-size': 523 },
      g2: { 'iops-read': 283 },
    },
    events: [
      own(400_000_000, { iops_size: 766 }),
      read(500_000_000, 10, 28_160),
      read(800_000_000, 1, 18_432),
      read(920_000_000, 9, 17_408),
      read(1_400_000_000, 6, 4096),
      read(2_362_041_384, 11, 512),
      own(2_970_000_000, { group: 'g2', iops_rd: 283, iops_wr: 0 }),
    ],
    run_ns: 3_000_000_000,
  })
  const { pending, completions } = replay(scenario)
  expect(pending.d0).toEqual({ read: 0, write: 0 })
  const atOnce = completions.d0?.read.filter((ns) => ns === 2_970_000_000) ?? []
  expect(atOnce.length).toBeGreaterThan(0)
})

// Found at random (seed 683874005) and cut down; QEMU 7.2 answers so, and 11.1 drains every node anyway.
test.each(['g2', 'nosuch'])('a reopen of its filter, to %s, lets go what waits at its own limits', (group) => {
  const scenario = parsed({
    ...{ name: 'reopen under own limits', style: 'filter', devices: [{ id: 'd0', group: 'g1' }] },
    groups: { g1: { 'iops-write': 187 }, g2: { 'iops-read': 84 } },
    events: [
      {
        at_ns: 0,
        set_io_throttle: {
          device: 'd0',
          group: 'own',
          bps: 1004,
          bps_rd: 0,
          bps_wr: 0,
          iops: 0,
          iops_rd: 0,
          iops_wr: 0,
        },
      },
      { at_ns: 0, device: 'd0', op: 'read', bytes: 30_208, count: 12 },
      { at_ns: 400_000_000, reopen: { device: 'd0', level: 0, group } },
    ],
    run_ns: 400_000_000,
  })
  const read = replay(scenario, 'its-node').completions.d0?.read
  expect(read).toEqual([0, ...Array.from({ length: 11 }, () => 400_000_000)])
})
