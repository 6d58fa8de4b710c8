import { expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { whatIfMoved, withLoadsOf } from './what-if.ts'

const PARSED = parseWorkspace({
  format: 'weir-workspace/1',
  name: 'noisy',
  groups: { gold: { 'iops-total': 200 }, bulk: { 'iops-total': 50 }, other: { 'iops-total': 10 } },
  devices: [
    ['db', 'gold'],
    ['etl', 'gold'],
    ['backup', 'bulk'],
    ['far', 'other'],
  ].map(([id, group]) => ({
    id,
    group,
    disk: { kind: 'null', service: { kind: 'fixed', us: 500 } },
    workload: { kind: 'synthetic', iodepth: 8 },
  })),
})
if (!PARSED.ok) throw new Error('the workspace is right')
const WORKSPACE = PARSED.value

function iops(group: string | null) {
  const steps = whatIfMoved({ workspace: WORKSPACE, traces: new Map(), device: 'etl', group, durationS: 20 })
  for (;;) {
    const step = steps.next()
    if (step.done !== true) continue
    const { before, after } = step.value
    return [before, after].map(({ devices }) =>
      Object.fromEntries(
        Object.entries(devices).map(([id, { read, write }]) => [id, Math.round((read.iops + write.iops) / 5) * 5]),
      ),
    )
  }
}

test('a move gives the old group its share back and takes it from the new one; others are left out', () => {
  const [before, after] = iops('bulk') ?? []
  expect(before).toEqual({ db: 100, etl: 100, backup: 50 })
  expect(after).toEqual({ db: 200, etl: 25, backup: 25 })
  expect(WORKSPACE.devices[1]?.groups).toEqual(['gold'])
})

test('out of throttling nothing holds it', () => {
  expect(iops(null)?.[1]).toEqual({ db: 200, etl: 2000 })
})

test('devices play what was recorded of them, and nothing where nothing was', () => {
  const [db, etl] = WORKSPACE.devices
  const trace = { kind: 'trace', path: 'etl', iodepth: 8, speed: 1, loop: false } as const
  const loaded = withLoadsOf(WORKSPACE, { ...WORKSPACE, devices: [{ ...etl!, groups: [], workload: trace }] })
  expect(loaded.devices.map(({ id, groups, workload }) => [id, groups, workload.kind])).toEqual([
    ['db', db?.groups, 'idle'],
    ['etl', ['gold'], 'trace'],
    ['backup', ['bulk'], 'idle'],
    ['far', ['other'], 'idle'],
  ])
})
