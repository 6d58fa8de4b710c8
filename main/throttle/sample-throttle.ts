import { BUCKETS, canonicalLimits, type Limits, lengthKey, maxKey } from '#shared/throttle/limits.ts'
import {
  bucketAvg,
  bucketBurstLevel,
  bucketBurstSize,
  bucketLengthS,
  bucketLevel,
  bucketMax,
  bucketSize,
} from './bucket.ts'
import {
  armedOf,
  configuredCount,
  deadlineNs,
  groupPending,
  iopsSizeBytes,
  ringHead,
  stampNs,
  tokenMoves,
  tokenOf,
} from './group-table.ts'
import { holdSequence, isFree } from './lock-word.ts'
import {
  endedThrottledNs,
  memberPending,
  nextMember,
  queuedMax,
  queuedNsWith,
  throttledSinceNs,
} from './member-table.ts'
import { type DirectionIndex, READ, type ThrottleMemory, WRITE } from './throttle-memory.ts'

// Reading the throttle from outside, without its locks: for the sampler, which runs in the main process and must never
// make an iothread wait. The lock word doubles as a sequence count, so a reading torn by a writer shows and is taken
// again. Part by part: a group that fast devices share is locked a million times a second, and is never left alone for as
// long as all of it takes.

/** Attempts at one part. A writer that holds the group through all of them was put to sleep inside the lock. */
const MAX_READS = 200

export interface BucketSample {
  /** The bucket's position in `BUCKETS`. */
  readonly bucket: number
  /** Units in the bucket at the sample's time: leaked up to it, as QEMU would at its next check. */
  readonly level: number
  /** Units above which requests wait. */
  readonly size: number
  /** The same of the burst bucket; `burstSize` is 0 where the burst length is 1 s and there is none. */
  readonly burstLevel: number
  readonly burstSize: number
}

export interface DirectionSample {
  /** Member whose turn it is, or -1. */
  readonly token: number
  /** Member whose timer runs, or -1; `deadlineNs` is meaningless then. */
  readonly armed: number
  readonly deadlineNs: number
  /** Requests waiting in all members together. */
  readonly pending: number
  /** Times the token went to another member since the group's slot was reset. */
  readonly tokenMoves: number
}

export interface GroupSample {
  /** Only the buckets that have an average. */
  readonly buckets: readonly BucketSample[]
  readonly read: DirectionSample
  readonly write: DirectionSample
  /** The ring: newest first, which is the order of turns. */
  readonly members: readonly number[]
  readonly limits: Limits
  /** Counts the configurations of the group; wraps. */
  readonly configured: number
  /** False if a writer held the group at every attempt at some part of it. */
  readonly isWhole: boolean
}

function sampleBucket(memory: ThrottleMemory, group: number, bucket: number, nowNs: number): BucketSample {
  const deltaS = Math.max(nowNs - stampNs(memory, group), 0) / 1e9
  const max = bucketMax(memory, group, bucket)
  const hasBurst = bucketLengthS(memory, group, bucket) > 1
  return {
    bucket,
    level: Math.max(bucketLevel(memory, group, bucket) - bucketAvg(memory, group, bucket) * deltaS, 0),
    size: bucketSize(memory, group, bucket),
    burstLevel: hasBurst ? Math.max(bucketBurstLevel(memory, group, bucket) - max * deltaS, 0) : 0,
    burstSize: hasBurst ? bucketBurstSize(memory, group, bucket) : 0,
  }
}

function sampleDirection(memory: ThrottleMemory, group: number, direction: DirectionIndex): DirectionSample {
  return {
    token: tokenOf(memory, group, direction),
    armed: armedOf(memory, group, direction),
    deadlineNs: deadlineNs(memory, group, direction),
    pending: groupPending(memory, group, direction),
    tokenMoves: tokenMoves(memory, group, direction),
  }
}

function readConfiguration(memory: ThrottleMemory, group: number): Pick<GroupSample, 'limits' | 'configured'> {
  return { limits: readLimits(memory, group), configured: configuredCount(memory, group) }
}

function readMembers(memory: ThrottleMemory, group: number): number[] {
  const head = ringHead(memory, group)
  const members: number[] = []
  // The ring may change while we walk: stop at the end, at a torn link, or when it cannot be a ring any more.
  for (let member = head; member >= 0 && members.length < memory.size.members; ) {
    members.push(member)
    member = nextMember(memory, member)
    if (member === head) break
  }
  return members
}

/** The limits in force. */
export function readLimits(memory: ThrottleMemory, group: number): Limits {
  return canonicalLimits({
    ...Object.fromEntries(
      BUCKETS.flatMap((bucket, index) => [
        [bucket, bucketAvg(memory, group, index)],
        [maxKey(bucket), bucketMax(memory, group, index)],
        [lengthKey(bucket), bucketLengthS(memory, group, index) || 1], // 0 only in a slot never configured
      ]),
    ),
    'iops-size': iopsSizeBytes(memory, group),
  })
}

function readBuckets(memory: ThrottleMemory, group: number, nowNs: number): readonly BucketSample[] {
  const buckets: BucketSample[] = []
  for (let bucket = 0; bucket < BUCKETS.length; bucket += 1) {
    if (bucketAvg(memory, group, bucket) !== 0) buckets.push(sampleBucket(memory, group, bucket, nowNs))
  }
  return buckets
}

/** What `read` makes of the group while nobody writes to it; null if somebody always did. */
function inOnePiece<T, A>(
  memory: ThrottleMemory,
  group: number,
  read: (memory: ThrottleMemory, group: number, argument: A) => T,
  argument: A,
): T | null {
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const sequence = holdSequence(memory, group)
    if (!isFree(sequence)) continue
    const part = read(memory, group, argument)
    if (holdSequence(memory, group) === sequence) return part
  }
  return null
}

/**
 * The group as of `nowNs`, each part of it in one piece. A part that could not be read is as in `before`, an earlier sample
 * of the same slot, which also spares what has not changed; without one it is what stands there. So are the levels: a busy
 * machine often takes the processor from a hot group's writer for the reader, and their level must not stand still.
 */
export function sampleGroup(
  memory: ThrottleMemory,
  group: number,
  nowNs: number,
  before: GroupSample | null = null,
): GroupSample {
  const isConfigured = before !== null && before.configured === configuredCount(memory, group)
  const configuration = isConfigured ? before : inOnePiece(memory, group, readConfiguration, null)
  const buckets = inOnePiece(memory, group, readBuckets, nowNs)
  const read = inOnePiece(memory, group, sampleDirection, READ)
  const write = inOnePiece(memory, group, sampleDirection, WRITE)
  const members = inOnePiece(memory, group, readMembers, null)
  // NaN: read again next time, whatever the count is then.
  const { limits, configured } = configuration ??
    before ?? { limits: readLimits(memory, group), configured: Number.NaN }
  return {
    limits,
    configured,
    buckets: buckets ?? readBuckets(memory, group, nowNs), // off by a request or a leak at most
    read: read ?? before?.read ?? sampleDirection(memory, group, READ),
    write: write ?? before?.write ?? sampleDirection(memory, group, WRITE),
    members: members ?? before?.members ?? readMembers(memory, group),
    isWhole: configuration !== null && buckets !== null && read !== null && write !== null && members !== null,
  }
}

/** Ns up to `nowNs` during which the member had a request waiting in the throttle, since it exists. */
export function throttledNs(memory: ThrottleMemory, member: number, nowNs: number): number {
  const sinceNs = throttledSinceNs(memory, member)
  return endedThrottledNs(memory, member) + (sinceNs === -1 ? 0 : Math.max(nowNs - sinceNs, 0))
}

/**
 * The waits of all the member's requests together up to `nowNs`, in ns: what it gains in a while, by the requests that
 * passed meanwhile, is their mean wait at this member.
 */
export function queuedNs(memory: ThrottleMemory, member: number, nowNs: number): number {
  const requests = memberPending(memory, member, READ) + memberPending(memory, member, WRITE)
  return queuedNsWith(memory, member, requests, nowNs)
}

/** The longest the member's queues ever were together. */
export function readQueuedMax(memory: ThrottleMemory, member: number): number {
  return queuedMax(memory, member)
}
