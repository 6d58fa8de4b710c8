import type { Observer } from '#main/live/observer.ts'
import type { PictureDisk, PictureGroup } from '#main/live/picture.ts'
import type { DiskFlowLook, DiskLook, GroupLook } from '#shared/host-look.ts'
import type { Direction } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { bucketLooks } from './bucket-looks.ts'
import type { DiskTotals, GroupTotals } from './tally-totals.ts'

// How the disks and groups of a VM stood in the latest look, from the totals and what the observer reckons.

/** What there is besides the totals. `elapsedNs`: since the look before; 0: there was none. */
interface Seen {
  readonly observer: Observer
  readonly elapsedNs: number
}

export function diskLook(disk: PictureDisk, totals: DiskTotals, { observer, elapsedNs }: Seen): DiskLook {
  const { id, sizeBytes, groups } = disk
  const { last, hasLast, delta, throttledNs, throttledShare } = totals
  const snapshot = observer.device(id)
  if (!hasLast || delta === null || snapshot === undefined) {
    const unknown = { counted: false, read: null, write: null, inFlight: null, throttledShare: null, throttledNs }
    return { id, sizeBytes, groups, ...unknown }
  }
  const flow = (direction: Direction): DiskFlowLook => {
    const { requests, bytes, totalTimeNs } = delta[direction]
    const { latency, waitMeanNs } = snapshot[direction]
    const latencyTotals = totals.latency?.[direction].histogram ?? null
    return {
      iops: perSecond(requests, elapsedNs),
      bps: perSecond(bytes, elapsedNs),
      latencyMeanNs: requests === 0 ? null : totalTimeNs / requests,
      ...(latency === undefined ? {} : { latency }),
      ...(latencyTotals === null ? {} : { latencyTotals }),
      waitMeanNs: waitMeanNs ?? null,
      requests: last[direction].operations,
      bytes: last[direction].bytes,
      failed: last[direction].failed,
      totalTimeNs: last[direction].totalTimeNs,
      waitNs: totals.waitNs[direction],
    }
  }
  const busyNs = delta.read.totalTimeNs + delta.write.totalTimeNs
  return {
    id,
    sizeBytes,
    groups,
    counted: true,
    read: flow('read'),
    write: flow('write'),
    ...(snapshot.histograms === undefined ? {} : { histograms: snapshot.histograms }),
    inFlight: elapsedNs === 0 ? null : busyNs / elapsedNs,
    throttledShare,
    throttledNs,
  }
}

export function groupLook(
  { name, limits }: PictureGroup,
  {
    totals,
    disks,
    observer,
    elapsedNs,
  }: Seen & { readonly totals: GroupTotals; readonly disks: readonly DiskTotals[] },
): GroupLook {
  const flows = disks.flatMap(({ delta }) => delta ?? [])
  const snapshot = observer.group(name)
  return {
    name,
    limits,
    disks: totals.ids,
    buckets: bucketLooks({ limits, snapshot, flows, elapsedNs, times: totals.times }),
    throttledShare: totals.throttledShare,
    throttledNs: totals.throttledNs,
    resets: totals.resets,
  }
}

/** Reads and writes of all disks; null: no rate is known. */
export function sumOfDisks(disks: readonly DiskLook[], key: 'iops' | 'bps'): number | null {
  const rates = disks.flatMap((disk) => [disk.read?.[key] ?? [], disk.write?.[key] ?? []].flat())
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0)
}

function perSecond(count: number, elapsedNs: number): number | null {
  return elapsedNs === 0 ? null : (count / elapsedNs) * NS_PER_S
}
