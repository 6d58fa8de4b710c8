import { expect, test } from 'vitest'
import type { DiskFlowLook, DiskLook, VmLook } from '#shared/host-look.ts'
import { hostRows } from '#shared/host-rows.ts'
import { showsP99 } from '../store/host-filter.ts'
import { hostColumns } from './host-columns.ts'
import { p99Title, p99Words } from './percentile-words.ts'

function flow(p99Ns: number | null): DiskFlowLook {
  const at = (fromNs: number) => ({ fromNs, toNs: fromNs * 2 })
  const totals = { requests: 1, bytes: 1, failed: 0, totalTimeNs: 1, waitNs: 0, waitMeanNs: 0 }
  const latency = p99Ns === null ? null : { p50: at(1), p95: at(1), p99: at(p99Ns), requests: 9, spanNs: 1e10 }
  return { iops: 10, bps: 10, latencyMeanNs: 1, ...totals, latency }
}

function row(readNs: number | null, writeNs: number | null, ...owners: readonly DiskLook['histograms'][]) {
  const counted = { sizeBytes: 1, groups: [], counted: true, inFlight: 0, throttledShare: 0, throttledNs: 0 }
  const disks = owners.map((histograms, index) => ({
    ...{ ...counted, id: `vd${'ab'[index]}`, read: flow(readNs), write: flow(writeNs) },
    ...(histograms === undefined ? {} : { histograms }),
  }))
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const about = { id: 'etl', name: 'etl', title: null, state: 'running', up: true, problem: null, seenNs: 0 } as const
  const vm: VmLook = { ...about, looks, iops: 1, bps: 1, disks, groups: [], drift: null }
  const [found] = hostRows({ host: '', nowNs: 0, wallMs: 0, problems: [], vms: [vm] }, 'p99')
  if (found === undefined) throw new Error('there is no row')
  return found
}

test.each([
  [1e6, 4e6, '4–8 ms', 'reads 1–2 ms, writes 4–8 ms'],
  [4e6, 1e6, '4–8 ms', 'reads 4–8 ms, writes 1–2 ms'],
  [1e6, null, '1–2 ms', 'reads 1–2 ms'],
  [null, null, '–', 'no requests'],
])('the slower direction stands in the row, both in its title: %o, %o', (read, write, words, title) => {
  const found = row(read, write, 'weir')
  const whose = 'By latency histograms that Weir has set in the VM, of the last ten seconds.'
  expect([p99Words(found), p99Title(found)]).toEqual([words, `p99 of its slowest disk: ${title}. ${whose}`])
})

test("another tool's histograms are said to be that", () => {
  expect(p99Title(row(1e6, null, 'weir', 'other'))).toContain(
    'that Weir has set in the VM, and by that of vdb that another tool has set in the VM, of',
  )
  expect(p99Title(row(1e6, null, 'other'))).toContain('By latency histograms that another tool has set in the VM, of')
  expect(p99Title(row(1e6, null, undefined))).toBeUndefined()
})

test('the column is there while anything measures, or the table is sorted by it', () => {
  const rows = [row(null, null, undefined)]
  expect([showsP99(rows, 'share'), showsP99(rows, 'p99'), showsP99([row(1, 1, 'other')], 'share')]).toEqual([
    false,
    true,
    true,
  ])
  const labels = hostColumns({ hasP99: true }).map(({ label }) => label)
  expect(labels.slice(6, 8)).toEqual(['Mean r · w', 'p99'])
})
