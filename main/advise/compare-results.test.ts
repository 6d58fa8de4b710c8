import { expect, test } from 'vitest'
import { Simulation } from '#main/simulate/simulation.ts'
import type { RunResult } from '#shared/result.ts'
import { DEFAULT_WORKLOAD, EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { compareResults } from './compare-results.ts'
import { parseResult } from './parse-result.ts'

function resultAt(iops: number, ids: readonly string[] = ['db']): RunResult {
  const devices = ids.map((id) => ({
    id,
    groups: ['gold'],
    iothread: null,
    disk: { kind: 'null' as const, sizeBytes: 2 ** 30 },
    workload: { ...DEFAULT_WORKLOAD, readPercent: 100, iodepth: 4 },
    qemu: {},
  }))
  const workspace = { ...EMPTY_WORKSPACE, name: `${iops} IOPS`, groups: { gold: { 'iops-total': iops } }, devices }
  const simulation = new Simulation({ workspace })
  simulation.advance(20e9)
  return simulation.result()
}

test('twice the limit is more of the same load, and shorter waits', () => {
  const { differences, better, worse } = compareResults(resultAt(100), resultAt(200), 0.02)
  const told = differences.map(({ kind, name, figure, verdict }) => `${kind} ${name} ${figure} ${verdict}`)
  expect(told).toMatchInlineSnapshot(`
    [
      "group gold iops better",
      "group gold bps better",
      "group gold waitP50Ns better",
      "group gold waitP99Ns better",
      "group gold fairness same",
      "device db iops better",
      "device db bps better",
      "device db waitP50Ns better",
      "device db waitP99Ns better",
      "device db delayedShare same",
      "device db throttledShare same",
    ]
  `)
  expect([better, worse]).toEqual([8, 0])
})

test('a result against itself shows no difference', () => {
  const { better, worse, differences } = compareResults(resultAt(100), resultAt(100), 0)
  expect([better, worse]).toEqual([0, 0])
  expect(differences.every(({ change }) => change === 0)).toBe(true)
})

test('less is worse, and what only one has is named', () => {
  const comparison = compareResults(resultAt(200), resultAt(100, ['db', 'new']), 0.02)
  expect(comparison.worse).toBeGreaterThan(0)
  expect([comparison.onlyA, comparison.onlyB]).toEqual([[], ['new']])
})

test('a printed result is read back whole', () => {
  const result = resultAt(100)
  expect(parseResult(JSON.parse(JSON.stringify(result)))).toEqual({ ok: true, value: result })
})

test('something else is refused with the place where it differs', () => {
  const parsed = parseResult({ ...resultAt(100), durationS: 'long' })
  expect(parsed.ok ? [] : parsed.issues.map((issue) => issue.path)).toEqual(['durationS'])
})
