import { expect, test } from 'vitest'
import { type Disk, EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { requestsPerS } from './part-weight.ts'
import { load } from './testing/load-cases.ts'

const DIRECT: Disk = { kind: 'file', sizeBytes: 2 ** 30, direct: true, service: { kind: 'exponential', us: 1000 } }

function weight(disk: Disk, groups: readonly string[] = []): number {
  const workspace: Workspace = {
    ...EMPTY_WORKSPACE,
    groups: { gold: { 'iops-total': 5000 } },
    devices: [{ id: 'a', groups, iothread: null, disk, workload: load({ iodepth: 16 }), qemu: {} }],
  }
  return requestsPerS(workspace)
}

test('a disk with depth does as many requests at once as its load keeps in flight', () => {
  expect(weight(DIRECT)).toBe(16_000)
  expect(weight({ ...DIRECT, direct: false })).toBe(1000)
  expect(weight(DIRECT, ['gold']), 'as far as a limit lets it').toBe(5000)
})

test('a free closed loop costs little only where it runs in whole rounds: its disk takes the same time for each', () => {
  const fixed = weight({ ...DIRECT, service: { kind: 'fixed', us: 10 } })
  expect(fixed).toBeLessThan(16_000)
})
