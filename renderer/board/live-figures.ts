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
