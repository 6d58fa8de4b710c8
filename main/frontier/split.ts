import type { SplitComparison } from '#shared/frontier.ts'
import { shortBurstUnits } from '#shared/throttle/counting.ts'
import type { Bucket } from '#shared/throttle/limits.ts'
import { type Arrivals, arrivalsOf, type WorkOf, workOfBucket } from './arrivals.ts'
import { rateForWait, smallestRate } from './frontier.ts'
import type { DeviceLoad } from './group-loads.ts'
import { isCounted, mostLevel } from './recording.ts'
import { rankOf } from './select.ts'
import { waitsAt } from './waits.ts'

// One group for all, or a limit for each: the least rates, without a burst, that keep the same promise. "99 of 100" can
// be meant of each disk's requests or of all together; a quiet disk among busy ones is lost in the second.

export interface SplitOptions {
  readonly bucket: Bucket
  readonly iopsSizeBytes: number
  readonly percentile: number
  readonly waitS: number
}

/** Both ways, by both meanings of the percentile. Loads without a request that the bucket counts are left out. */
export function splitOrShare(loads: readonly DeviceLoad[], options: SplitOptions): SplitComparison {
  const { bucket, iopsSizeBytes, percentile, waitS } = options
  const work = workOfBucket(bucket, iopsSizeBytes)
  const each = loads
    .map((load) => ({ id: load.id, arrivals: arrivalsOf([load.trace], work), trace: load.trace }))
    .filter(({ arrivals }) => arrivals.count > 0)
  const apart = each.map(({ id, arrivals }) => ({ id, rate: rateForWait(arrivals, percentile, waitS) }))
  const traces = each.map(({ trace }) => trace)
  const all = arrivalsOf(traces, work)
  const sharedByAll = rateForWait(all, percentile, waitS)
  const owners = ownersOf(each.map(({ arrivals }) => arrivals))
  return {
    apart,
    apartSum: apart.reduce((sum, { rate }) => sum + rate, 0),
    sharedByAll,
    sharedByEach: sharedForEach({ all, owners, count: each.length }, { percentile, waitS, from: sharedByAll }),
    most: isCounted(loads) ? mostOf(loads, work, options) : null,
  }
}

/** However the requests came within their intervals. */
function mostOf(
  loads: readonly DeviceLoad[],
  work: WorkOf,
  { percentile, waitS }: SplitOptions,
): NonNullable<SplitComparison['most']> {
  const needed = (some: readonly DeviceLoad[], of: 'all' | 'each') => {
    const level = mostLevel(some, work)
    return smallestRate((rate) => level(rate, percentile, of) - rate * waitS <= shortBurstUnits(rate))
  }
  return {
    apartSum: loads.reduce((sum, load) => sum + needed([load], 'all'), 0),
    sharedByAll: needed(loads, 'all'),
    sharedByEach: needed(loads, 'each'),
  }
}

/** Which device each request of the merged load is of: the order in which `arrivalsOf` merges. */
function ownersOf(each: readonly Arrivals[]): Uint16Array {
  const owners = new Uint16Array(each.reduce((sum, arrivals) => sum + arrivals.count, 0))
  const next = each.map(() => 0)
  for (let index = 0; index < owners.length; index += 1) {
    let first = -1
    for (const [number, arrivals] of each.entries()) {
      const at = next[number]!
      if (at === arrivals.count) continue
      if (first === -1 || arrivals.timesNs[at]! < each[first]!.timesNs[next[first]!]!) first = number
    }
    owners[index] = first
    next[first]! += 1
  }
  return owners
}

interface Merged {
  readonly all: Arrivals
  readonly owners: Uint16Array
  readonly count: number
}

/** The least shared rate at which each device by itself keeps the promise; never below what all together need. */
function sharedForEach(
  { all, owners, count }: Merged,
  { percentile, waitS, from }: { readonly percentile: number; readonly waitS: number; readonly from: number },
): number {
  const waitNs = waitS * 1e9
  const isEnough = (rate: number): boolean => {
    const waits = waitsAt(all, { avg: rate, max: 0, lengthS: 1 })
    const over = new Uint32Array(count)
    const total = new Uint32Array(count)
    for (const [index, owner] of owners.entries()) {
      total[owner]! += 1
      if (waits[index]! > waitNs) over[owner]! += 1
    }
    return total.every((requests, device) => over[device]! <= requests - 1 - rankOf(percentile, requests))
  }
  let high = Math.max(1, from)
  if (isEnough(high)) return high
  let low = high
  for (high *= 2; high < 1e15 && !isEnough(high); high *= 2) low = high
  while (high - low > Math.max(1, low * 1e-4)) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}
