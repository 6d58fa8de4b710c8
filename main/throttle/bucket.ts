import { shortBurstUnits } from '#shared/throttle/counting.ts'
import { bucketAt, checkedAt, iopsSizeBytes, leakingAt, setStampNs, stampNs } from './group-table.ts'
import type { DirectionIndex, ThrottleMemory } from './throttle-memory.ts'

// The arithmetic of QEMU's leaky buckets (throttle_do_leak, throttle_compute_wait and throttle_account of
// util/throttle.c), bit for bit: IEEE doubles in QEMU's order of operations, times in whole ns. Another order, or
// exact rationals, differs by 1 ns from the recorded answers.
//
//   a request pours bytes (bps) or units (iops) in   ┐ level
//   ─────────────────────────────────────────────▶  │▒▒▒│ ─ size: max·length, or avg/10 without a burst
//   time drains avg per second                       │▒▒▒│
//   a request goes if, BEFORE it, level ≤ size       └─┬─┘   so any request passes an empty bucket
//
// A burst longer than 1 s adds a second bucket of max/10 that drains max per second: it keeps the burst at `max`.
// Buckets without an average neither leak nor are charged here: QEMU lets them grow, but never looks at their level,
// and a configuration empties it.

const AVG = 0 // units/s
const MAX = 1 // units/s, 0 = no burst
const LENGTH = 2 // s
const LEVEL = 3 // units in the bucket
const BURST_LEVEL = 4 // units in the burst bucket
const SIZE = 5 // units: derived, max·length or avg/10
const BURST_SIZE = 6 // units: derived, max/10

const NS_PER_S = 1e9
/** QEMU keeps a wait in a signed 64-bit integer; on x86 a larger one turns negative, which means "no wait". */
const WAIT_LIMIT_NS = 2 ** 63
/** The position in `BUCKETS` from which buckets count requests, not bytes. */
export const FIRST_IOPS_BUCKET = 3

/** Gives an empty bucket its three limits. */
export function configureBucket(
  memory: ThrottleMemory,
  group: number,
  bucket: number,
  limits: { readonly avg: number; readonly max: number; readonly lengthS: number },
): void {
  const at = bucketAt(group, bucket)
  const { avg, max, lengthS } = limits
  memory.groupNumbers.set(
    [avg, max, lengthS, 0, 0, max !== 0 ? max * lengthS : shortBurstUnits(avg), shortBurstUnits(max)],
    at,
  )
}

export function bucketAvg(memory: ThrottleMemory, group: number, bucket: number): number {
  return memory.groupNumbers[bucketAt(group, bucket) + AVG]!
}

export function bucketMax(memory: ThrottleMemory, group: number, bucket: number): number {
  return memory.groupNumbers[bucketAt(group, bucket) + MAX]!
}

export function bucketLengthS(memory: ThrottleMemory, group: number, bucket: number): number {
  return memory.groupNumbers[bucketAt(group, bucket) + LENGTH]!
}

export function bucketLevel(memory: ThrottleMemory, group: number, bucket: number): number {
  return memory.groupNumbers[bucketAt(group, bucket) + LEVEL]!
}

export function bucketBurstLevel(memory: ThrottleMemory, group: number, bucket: number): number {
  return memory.groupNumbers[bucketAt(group, bucket) + BURST_LEVEL]!
}

/** Sets both levels as they are, without a request: for levels that are reckoned from counters, not from requests. */
export function setBucketLevels(
  memory: ThrottleMemory,
  group: number,
  bucket: number,
  levels: { readonly level: number; readonly burstLevel: number },
): void {
  const at = bucketAt(group, bucket)
  memory.groupNumbers[at + LEVEL] = levels.level
  memory.groupNumbers[at + BURST_LEVEL] = levels.burstLevel
}

export function bucketSize(memory: ThrottleMemory, group: number, bucket: number): number {
  return memory.groupNumbers[bucketAt(group, bucket) + SIZE]!
}

export function bucketBurstSize(memory: ThrottleMemory, group: number, bucket: number): number {
  return memory.groupNumbers[bucketAt(group, bucket) + BURST_SIZE]!
}

export function leakBucket(numbers: Float64Array, at: number, deltaNs: number): void {
  const level = numbers[at + LEVEL]! - (numbers[at + AVG]! * deltaNs) / NS_PER_S
  numbers[at + LEVEL] = level > 0 ? level : 0
  if (numbers[at + LENGTH]! > 1) {
    const burst = numbers[at + BURST_LEVEL]! - (numbers[at + MAX]! * deltaNs) / NS_PER_S
    numbers[at + BURST_LEVEL] = burst > 0 ? burst : 0
  }
}

/** Lets all buckets of the group leak up to `nowNs`. Threads' clocks may disagree by a little: time never runs back. */
export function leakGroup(memory: ThrottleMemory, group: number, nowNs: number): void {
  const deltaNs = nowNs - stampNs(memory, group)
  if (deltaNs <= 0) return
  setStampNs(memory, group, nowNs)
  const words = memory.groupWords
  const list = leakingAt(group)
  const end = list + words[list]!
  for (let i = list + 1; i <= end; i += 1) leakBucket(memory.groupNumbers, bucketAt(group, words[i]!), deltaNs)
}

/** Ns until the bucket admits a request; 0 if it admits one now. Does not leak first. */
export function bucketWaitNs(numbers: Float64Array, at: number): number {
  return waitAtLevelsNs(numbers, at, numbers[at + LEVEL]!, numbers[at + BURST_LEVEL]!)
}

/** The same if the bucket's levels were these. */
function waitAtLevelsNs(numbers: Float64Array, at: number, level: number, burstLevel: number): number {
  const extra = level - numbers[at + SIZE]!
  if (extra > 0) return wholeNs((extra * NS_PER_S) / numbers[at + AVG]!)
  if (numbers[at + LENGTH]! <= 1) return 0 // a full main bucket hides the burst bucket, so it comes second
  const burstExtra = burstLevel - numbers[at + BURST_SIZE]!
  return burstExtra > 0 ? wholeNs((burstExtra * NS_PER_S) / numbers[at + MAX]!) : 0
}

function wholeNs(ns: number): number {
  return ns < WAIT_LIMIT_NS ? Math.floor(ns) : 0
}

/** Ns until the group admits a request of `direction`, by the levels as they stand. 0: it may go, whatever its size. */
export function groupWaitNs(memory: ThrottleMemory, group: number, direction: DirectionIndex): number {
  const words = memory.groupWords
  const list = checkedAt(group, direction)
  const end = list + words[list]!
  let longestNs = 0
  for (let i = list + 1; i <= end; i += 1) {
    const waitNs = bucketWaitNs(memory.groupNumbers, bucketAt(group, words[i]!))
    if (waitNs > longestNs) longestNs = waitNs
  }
  return longestNs
}

/** Whether no bucket is more than half full, by the levels as they stand. */
export function isHalfEmpty(memory: ThrottleMemory, group: number): boolean {
  const { groupWords: words, groupNumbers: numbers } = memory
  const list = leakingAt(group)
  const end = list + words[list]!
  for (let i = list + 1; i <= end; i += 1) {
    const at = bucketAt(group, words[i]!)
    if (numbers[at + LEVEL]! * 2 > numbers[at + SIZE]!) return false
    if (numbers[at + LENGTH]! <= 1) continue
    if (numbers[at + BURST_LEVEL]! * 2 > numbers[at + BURST_SIZE]!) return false
  }
  return true
}

export function chargeBucket(numbers: Float64Array, at: number, units: number): void {
  numbers[at + LEVEL] = numbers[at + LEVEL]! + units
  if (numbers[at + LENGTH]! > 1) {
    numbers[at + BURST_LEVEL] = numbers[at + BURST_LEVEL]! + units
  }
}

/** What a request counts in the iops buckets: `requestUnits`, written out as in `pour`. */
function operationsOf(memory: ThrottleMemory, group: number, bytes: number): number {
  const size = iopsSizeBytes(memory, group)
  return size > 0 && bytes > size ? bytes / size : 1
}

/** Charges a request that goes now. */
export function accountGroup(memory: ThrottleMemory, group: number, direction: DirectionIndex, bytes: number): void {
  const words = memory.groupWords
  const list = checkedAt(group, direction)
  const end = list + words[list]!
  const operations = operationsOf(memory, group, bytes)
  for (let i = list + 1; i <= end; i += 1) {
    const bucket = words[i]!
    chargeBucket(memory.groupNumbers, bucketAt(group, bucket), bucket < FIRST_IOPS_BUCKET ? bytes : operations)
  }
}

/**
 * Requests in the order in which they came, as columns; directions as indices into DIRECTIONS. The columns may be a ring:
 * request i lies at (first + i) & mask.
 */
export interface RequestColumns {
  readonly directions: Uint8Array
  readonly sizesBytes: Uint32Array
  readonly first: number
  readonly mask: number
  readonly count: number
}

/** Per position in BUCKETS: its levels before a batch was poured in. */
const levelsBefore = new Float64Array(2 * 6)

/**
 * Charges the requests one after the other as long as each finds room, and tells how many did: what groupWaitNs and
 * accountGroup do for each, for a device that submits many at one time. Bucket by bucket, which comes to the same: a
 * request that one bucket holds back holds back all behind it. The buckets before have then been charged too much, and are
 * filled again from where they stood.
 */
export function accountWhileRoom(memory: ThrottleMemory, group: number, requests: RequestColumns): number {
  const { groupWords: words, groupNumbers: numbers } = memory
  const iopsSize = iopsSizeBytes(memory, group)
  const list = leakingAt(group)
  const end = list + words[list]!
  let going = requests.count
  for (let i = list + 1; i <= end; i += 1) {
    const bucket = words[i]!
    const at = bucketAt(group, bucket)
    levelsBefore[2 * bucket] = numbers[at + LEVEL]!
    levelsBefore[2 * bucket + 1] = numbers[at + BURST_LEVEL]!
    const found = pour(numbers, at, bucket, iopsSize, requests, going)
    for (let earlier = list + 1; found < going && earlier < i; earlier += 1) {
      const other = words[earlier]!
      const otherAt = bucketAt(group, other)
      numbers[otherAt + LEVEL] = levelsBefore[2 * other]!
      numbers[otherAt + BURST_LEVEL] = levelsBefore[2 * other + 1]!
      pour(numbers, otherAt, other, iopsSize, requests, found)
    }
    going = found
  }
  return going
}

/** Charges one bucket with the first `limit` requests, or as many of them as go before it holds one back: how many. */
function pour(
  numbers: Float64Array,
  at: number,
  bucket: number,
  iopsSize: number,
  { directions, sizesBytes, first, mask }: RequestColumns,
  limit: number,
): number {
  const only = (bucket % 3) - 1 // the one direction of `directionsOf`; -1: both
  const isBytes = bucket < FIRST_IOPS_BUCKET
  const size = numbers[at + SIZE]!
  const burstSize = numbers[at + LENGTH]! > 1 ? numbers[at + BURST_SIZE]! : Infinity
  let level = numbers[at + LEVEL]!
  let burstLevel = numbers[at + BURST_LEVEL]!
  let index = 0
  // The limit that is set most often, and far from its size: every request is one unit.
  if (only === -1 && !isBytes && iopsSize === 0) {
    for (; index < limit && level <= size && burstLevel <= burstSize; index += 1) {
      level += 1
      burstLevel += 1
    }
  }
  for (; index < limit; index += 1) {
    const row = (first + index) & mask
    if (only !== -1 && directions[row] !== only) continue
    const isFull = level > size || burstLevel > burstSize
    if (isFull && waitAtLevelsNs(numbers, at, level, burstLevel) > 0) break
    let units = 1 // `requestUnits`, of bytes looked up only where they count
    if (isBytes || iopsSize > 0) {
      const bytes = sizesBytes[row]!
      if (isBytes) units = bytes
      else if (bytes > iopsSize) units = bytes / iopsSize
    }
    level += units
    burstLevel += units
  }
  numbers[at + LEVEL] = level
  if (burstSize !== Infinity) numbers[at + BURST_LEVEL] = burstLevel
  return index
}
