import { expect, test } from 'vitest'
import { replay } from './replay.ts'
import { parsed } from './testing/random-scenarios.ts'

// Found at random (seed 1036746607) and cut down; QEMU 7.2 and 11.1 answer so.

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
