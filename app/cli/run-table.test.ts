import { expect, test } from 'vitest'
import { Simulation } from '#main/simulate/simulation.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { liveLines, liveTitle, resultLines } from './run-table.ts'

const plain = (text: string) => text
const PAINT = { dim: plain, bold: plain, good: plain, bad: plain, warn: plain }

function simulated(devices: number) {
  const ids = Array.from({ length: devices }, (_, index) => `disk-${index}`)
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: { gold: { 'iops-total': 900, 'bps-total': 50_000_000 } },
    devices: ids.map((id) => ({
      id,
      group: 'gold',
      disk: { kind: 'null' },
      workload: { kind: 'synthetic', iodepth: 32 },
    })),
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const simulation = new Simulation({ workspace: parsed.value })
  simulation.advance(2e9)
  return simulation
}

function live(devices: number, columns: number, rows: number): readonly string[] {
  const page = { paint: PAINT, columns, rows }
  return liveLines(simulated(devices).snapshot('running'), liveTitle('A run', 2e9, 10, page), page)
}

test('on a narrow terminal no figure is cut: columns go whole, and a text that is cut ends in …', () => {
  const lines = live(2, 40, 24)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40)
  expect(lines[1]?.trim().split(/\s+/)).toEqual(['IOPS', 'p99', 'queued'])
  const [disk] = lines.filter((line) => line.includes('disk-0'))
  expect(disk).toMatch(/ 31$| 32$/)
  expect(live(2, 70, 24).find((line) => line.startsWith('gold'))).toMatch(/…$/)
})

test('a run that is taller than the terminal tells how many lines more it has', () => {
  const lines = live(100, 80, 24)
  expect([lines.length, lines.at(-1)]).toEqual([23, '… 81 more'])
})

test('the whole run is not cut, however wide its lines', () => {
  const [, , gold] = resultLines(simulated(2).result(), 'A run', PAINT)
  expect(gold).toMatch(/fairness \d+ %$/)
})
