import { type BucketLook, nearestLimit, PAST_LIMIT, type VmLook } from '#shared/host-look.ts'
import { type HostRow, percent } from '#shared/host-rows.ts'
import { bucketName, formatLimit } from '#shared/throttle/words.ts'
import { type ByteUnits, formatDurationNs } from '#shared/units.ts'
import { type SinceOf, sinceWords } from './held-words.ts'

// Why a VM stands where it does, in words: what holds it, or what it takes of the host.

export interface Reason {
  readonly lead: string
  readonly text: string
  readonly tone: 'held' | 'burst' | 'plain'
}

interface About {
  readonly units: ByteUnits
  readonly sinceOf: SinceOf
  /** Wall clock, ms since 1970. */
  readonly nowMs: number
}

/** A bucket is called full from here on: its level is known to a few percent. */
const FULL = 0.97
/** Of a wait or a host: less is not worth a sentence. */
const WORTH_SAYING = 0.05

/** null: it does nothing, or nothing is known of it. */
export function reasonOf(row: HostRow, { units, sinceOf, nowMs }: About): Reason | null {
  const { vm } = row
  if (!vm.up) return null
  const held = heldMost(vm)
  if (held !== null) {
    const { group, bucket } = held
    const full = levelShare(bucket) !== null && (levelShare(bucket) ?? 0) >= FULL ? ' and its bucket is full' : ''
    const at = `${group} is at ${limitWordsOf(bucket, units)}${full}`
    const text = [`${at}.`, waitWords(vm, group)].filter(Boolean).join(' ')
    const since = sinceWords(sinceOf(vm.id, group, bucket.bucket), nowMs)
    return { lead: `Held by its ${inSentence(bucketName(bucket.bucket))} limit${since}.`, text, tone: 'held' }
  }
  const nearest = nearestLimit(vm)
  if (nearest !== null && (nearest.bucket.share ?? 0) > PAST_LIMIT) {
    const left = nearest.bucket.level?.headroomNs ?? null
    const ends = left === null ? '' : ` Its bucket is full in ≈ ${formatDurationNs(left)} at this rate.`
    const text = `${nearest.group} is at ${limitWordsOf(nearest.bucket, units)}.${ends}`
    return { lead: `Bursts past its ${inSentence(bucketName(nearest.bucket.bucket))} limit.`, text, tone: 'burst' }
  }
  if (row.share === null || row.share < WORTH_SAYING) return null
  const lead = `It has ${percent(row.share)} of the host’s ${isMostlyBytes(row) ? 'bandwidth' : 'IOPS'}.`
  const limits =
    row.limit === 'no limit'
      ? 'No limit holds it.'
      : nearest === null
        ? ''
        : `No limit holds it back: ${nearest.group} is at ${limitWordsOf(nearest.bucket, units)}.`
  return { lead, text: limits, tone: 'plain' }
}

/** How full it is, 0…1, estimated; null: not known. */
export function levelShare({ level }: BucketLook): number | null {
  return level === null || level.size <= 0 ? null : Math.min(1, Math.max(0, level.likely / level.size))
}

function heldMost(vm: VmLook): { readonly group: string; readonly bucket: BucketLook } | null {
  const held = vm.groups.flatMap(({ name, buckets, throttledShare }) =>
    buckets.flatMap((bucket) =>
      bucket.atLimit === true ? [{ group: name, bucket, throttledShare: throttledShare ?? 0 }] : [],
    ),
  )
  return held.reduce<(typeof held)[number] | null>(
    (most, each) => (most === null || each.throttledShare > most.throttledShare ? each : most),
    null,
  )
}

/** What of the latency is the group's, of the direction in which that is most. */
function waitWords({ disks }: VmLook, group: string): string {
  const flows = disks
    .filter(({ groups }) => groups.includes(group))
    .flatMap((disk) =>
      (['read', 'write'] as const).flatMap((direction) => {
        const { latencyMeanNs, waitMeanNs } = disk[direction] ?? {}
        if (latencyMeanNs == null || waitMeanNs == null || latencyMeanNs <= 0) return []
        return [{ disk: disk.id, direction, latencyMeanNs, waitMeanNs: Math.min(waitMeanNs, latencyMeanNs) }]
      }),
    )
  const most = flows.reduce<(typeof flows)[number] | null>(
    (found, each) => (found === null || each.waitMeanNs > found.waitMeanNs ? each : found),
    null,
  )
  if (most === null || most.waitMeanNs / most.latencyMeanNs < WORTH_SAYING) return ''
  const wait = `≈ ${formatDurationNs(most.waitMeanNs)} of ${formatDurationNs(most.latencyMeanNs)}`
  return `A ${most.direction} of ${most.disk} waits for it ${wait}; the rest is the disk.`
}

/** `98 % of 250 MiB/s` */
function limitWordsOf({ bucket, avg, share }: BucketLook, units: ByteUnits): string {
  return `${percent(share)} of ${formatLimit(bucket, avg, units)}`
}

/** `Read bandwidth` → `read bandwidth`, but `IOPS` stays. */
function inSentence(words: string): string {
  return words.startsWith('IOPS') ? words : `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`
}

/** Whether its share of the bandwidth is what makes it large. */
function isMostlyBytes({ share, iopsShare }: HostRow): boolean {
  return iopsShare === null || share !== iopsShare
}
