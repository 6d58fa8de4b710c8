import { boundsWords } from '#shared/latency-words.ts'
import type { DeviceSnapshot, FlowSnapshot } from '#shared/snapshot.ts'
import { formatDurationNs } from '#shared/units.ts'

// What a card of a live VM says of its requests: measured by QEMU, so nothing of it is estimated.

/** Reads and writes together, each counted by how many there were; null: none lately, or not measured. */
export function meanLatencyNs({ read, write }: DeviceSnapshot): number | null {
  const [readNs, writeNs] = [read.latencyMeanNs ?? null, write.latencyMeanNs ?? null]
  if (readNs === null) return writeNs
  if (writeNs === null) return readNs
  const total = read.iops + write.iops
  return total === 0 ? Math.max(readNs, writeNs) : (readNs * read.iops + writeNs * write.iops) / total
}

/** Of reads, writes and flushes since the source started; null: not counted. */
export function failedRequests({ read, write, flush }: DeviceSnapshot): number | null {
  if (read.failed === undefined || write.failed === undefined) return null
  return read.failed + write.failed + (flush?.failed ?? 0)
}

/** `p50 1–1.3 ms · p99 13–16 ms` of the slower direction, as a histogram tells them; null: it has none, or counted nothing. */
export function percentileWords({ read, write }: DeviceSnapshot): string | null {
  const [reads, writes] = [read.latency ?? null, write.latency ?? null]
  const slower = reads !== null && writes !== null && writes.p99.fromNs <= reads.p99.fromNs ? reads : (writes ?? reads)
  return slower === null ? null : `p50 ${boundsWords(slower.p50)} · p99 ${boundsWords(slower.p99)}`
}

/** Where the percentiles come from, and each direction's own; '': there are none. */
export function percentilesTitle({ histograms, read, write }: DeviceSnapshot): string {
  if (histograms === undefined) return ''
  const whose = histograms === 'weir' ? 'that Weir has set in the VM' : 'that another tool has set in the VM'
  const flow = (name: string, { latency }: FlowSnapshot) =>
    latency == null ? [] : [`${name} p50 ${boundsWords(latency.p50)}, p99 ${boundsWords(latency.p99)}`]
  const words = [...flow('reads', read), ...flow('writes', write)].join(' · ')
  return `Percentiles by the latency histogram ${whose}, of the last ten seconds: ${words === '' ? 'no requests' : words}`
}

/** `reads 9.9 ms · writes 12 ms · flushes 0.4 ms, 12/s`; '': nothing measured lately. */
export function latencyWords({ read, write, flush }: DeviceSnapshot): string {
  const flow = (name: string, { latencyMeanNs }: Pick<FlowSnapshot, 'latencyMeanNs'>) =>
    latencyMeanNs == null ? [] : [`${name} ${formatDurationNs(latencyMeanNs)}`]
  const flushes = flush === undefined ? [] : flow('flushes', flush)
  const pace = flush !== undefined && flush.perSecond > 0 ? `, ${flush.perSecond.toFixed(1)}/s` : ''
  return [...flow('reads', read), ...flow('writes', write), ...flushes.map((words) => words + pace)].join(' · ')
}

/** `0.3`, `4.0`, `16`. */
export function formatOutstanding(count: number): string {
  return count < 9.95 ? count.toFixed(1) : String(Math.round(count))
}
