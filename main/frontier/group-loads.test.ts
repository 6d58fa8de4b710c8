import { expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { groupLoads } from './group-loads.ts'

const PARSED = parseWorkspace({
  format: 'weir-workspace/1',
  groups: { gold: { 'iops-total': 10 } },
  devices: ['a', 'b', 'far'].map((id) => ({
    id,
    group: 'gold',
    disk: { kind: 'null', service: { kind: 'fixed', us: 100 } },
    workload: { kind: 'synthetic', iodepth: 1 },
  })),
  script: [{ atS: 1, setWorkload: { device: 'far', workload: { kind: 'idle' } } }],
})
if (!PARSED.ok) throw new Error('the workspace is right')
const WORKSPACE = PARSED.value

function counts(mostRequests?: number) {
  const options = { workspace: WORKSPACE, traces: new Map(), ids: ['a', 'b'], durationS: 10 }
  const steps = groupLoads({ ...options, ...(mostRequests !== undefined && { mostRequests }) })
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value.map(({ id, trace }) => [id, trace.count] as const)
  }
}

test('loads that are looked at run without limits for the whole time, and the others not at all', () => {
  expect(counts()).toEqual([
    ['a', 100_000],
    ['b', 100_000],
  ])
})

test('where so many requests are enough, the time ends with them', () => {
  const [a, b] = counts(50_000)?.map(([, count]) => count) ?? []
  expect(a! + b!).toBeGreaterThanOrEqual(50_000)
  expect(a! + b!).toBeLessThan(80_000)
})
