import { expect, test } from 'vitest'
import type { RunResult } from '../result.ts'
import { LIMIT_KEYS, type Limits } from '../throttle/limits.ts'
import { EMPTY_WORKSPACE } from '../workspace/workspace.ts'
import { reportHtml } from './report.ts'
import { limitTables } from './report-limits.ts'
import { type ReportRun, reportRunOf } from './report-run.ts'

// The appendix of a report, and its date.

function runOf(limits: Readonly<Record<string, Limits>>, how: 'with workspace' | 'older'): ReportRun {
  const group = (each: Limits) => ({ members: [], limits: each, iops: 0, bps: 0, fairness: 1 })
  const result: RunResult = {
    ...({ format: 'weir-result/1', source: 'simulation', name: 'x', durationS: 10, seed: 1, devices: {} } as const),
    groups: Object.fromEntries(Object.entries(limits).map(([name, each]) => [name, group(each)])),
    ...(how === 'older' ? {} : { workspace: { ...EMPTY_WORKSPACE, groups: limits } }),
  }
  return reportRunOf(result)
}

const text = (html: string) =>
  html
    .replace(/<s>(.*?)<\/s>/g, '[$1]')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

test.each(['with workspace', 'older'] as const)('every limit of every group stands there, %s', (how) => {
  const before = runOf({ gold: { 'iops-total': 100, 'bps-read': 5, 'bps-read-max': 9, 'bps-read-max-length': 3 } }, how)
  const after = runOf({ gold: { 'iops-total': 200, 'iops-size': 4096 }, 'a<b': {} }, how)
  expect(text(limitTables(before, after))).toBe(
    [
      'gold -max -max-length',
      'bps-total 0 0 1 bps-read [5] 0 [9] 0 [3] 1 bps-write 0 0 1',
      'iops-total [100] 200 0 1 iops-read 0 0 1 iops-write 0 0 1 iops-size [0] 4096',
      'a&lt;b -max -max-length',
      'bps-total [–] 0 [–] 0 [–] 1 bps-read [–] 0 [–] 0 [–] 1 bps-write [–] 0 [–] 0 [–] 1',
      'iops-total [–] 0 [–] 0 [–] 1 iops-read [–] 0 [–] 0 [–] 1 iops-write [–] 0 [–] 0 [–] 1 iops-size [–] 0',
    ].join(' '),
  )
  expect(limitTables(before, before).match(/<td>[\d–]+<\/td>/g)).toHaveLength(LIMIT_KEYS.length)
})

test('the page says when it was written, and is otherwise the same at any time', () => {
  const run = runOf({ gold: {} }, 'older')
  const at = (writtenAt: string) =>
    reportHtml({ title: 't', before: run, after: run, version: '1', tolerance: 0, writtenAt })
  const page = at('2026-11-29T04:05:06.000Z')
  expect(page).toContain('<time datetime="2026-11-29T04:05:06.000Z">2026-11-29 04:05 UTC</time>')
  const dateless = (html: string) => html.replace(/<time.*?<\/time>/, '')
  expect(dateless(page)).toBe(dateless(at('2027-01-02T03:04:05.000Z')))
})
