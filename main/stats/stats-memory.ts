import { assert } from '#shared/assert.ts'
import { BIN_COUNT, binOf, ROW_COUNT, rowOfBin } from './log-linear.ts'

// What devices did, in one buffer allocated once: a SharedArrayBuffer in the lab, a plain one in the simulator. Every
// number has one writer, the iothread that serves the device; the sampler reads without a lock. A reading may therefore
// be torn between two numbers of one request under way, never within a number. All are Float64, since 32 bits of a
// count wrap within the hour on a null disk.
//
//   per device and direction:  8 counters | wait histogram | service histogram | rows of the heat map

export const FLOW_NUMBERS = 8
/** Requests completed. */
export const REQUESTS = 0
export const BYTES = 1
/** Requests that were throttled, whether or not for long. */
export const DELAYED = 2
/** ns, all requests together. */
export const SERVICE_SUM_NS = 3
export const WAIT_MAX_NS = 4
export const SERVICE_MAX_NS = 5
/** Highest bin ever used of either histogram: spares readers the empty rest. */
export const WAIT_TOP_BIN = 6
export const SERVICE_TOP_BIN = 7
const TOP_AFTER_MAX = WAIT_TOP_BIN - WAIT_MAX_NS

const FLOW_STRIDE = FLOW_NUMBERS + 2 * BIN_COUNT + ROW_COUNT
const DEVICE_STRIDE = 2 * FLOW_STRIDE

export interface StatsMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  readonly deviceCount: number
  readonly numbers: Float64Array
}

export function createLocalStatsMemory(deviceCount: number): StatsMemory {
  return attachStatsMemory(new ArrayBuffer(deviceCount * DEVICE_STRIDE * 8))
}

export function createSharedStatsMemory(deviceCount: number): StatsMemory {
  return attachStatsMemory(new SharedArrayBuffer(deviceCount * DEVICE_STRIDE * 8))
}

export function attachStatsMemory(buffer: ArrayBuffer | SharedArrayBuffer): StatsMemory {
  const deviceCount = buffer.byteLength / (DEVICE_STRIDE * 8)
  assert(Number.isInteger(deviceCount) && deviceCount > 0, 'the buffer is stats memory')
  return { buffer, deviceCount, numbers: new Float64Array(buffer) }
}

/** Where the counters of one device and direction (0 read, 1 write) start. */
export function flowAt(device: number, direction: 0 | 1): number {
  return device * DEVICE_STRIDE + direction * FLOW_STRIDE
}

export function waitBinsAt(device: number, direction: 0 | 1): number {
  return flowAt(device, direction) + FLOW_NUMBERS
}

export function serviceBinsAt(device: number, direction: 0 | 1): number {
  return flowAt(device, direction) + FLOW_NUMBERS + BIN_COUNT
}

/** Waits by rows of the heat map: sums of bins, kept apart because every snapshot reads them all. */
export function waitRowsAt(device: number, direction: 0 | 1): number {
  return flowAt(device, direction) + FLOW_NUMBERS + 2 * BIN_COUNT
}

/** Counts one completed request. `waitNs`: from its arrival until it might go; `serviceNs`: the disk's own time. */
export function recordRequest(
  memory: StatsMemory,
  device: number,
  direction: 0 | 1,
  bytes: number,
  waitNs: number,
  serviceNs: number,
): void {
  const numbers = memory.numbers
  const at = flowAt(device, direction)
  numbers[at + REQUESTS]! += 1
  numbers[at + BYTES]! += bytes
  numbers[at + SERVICE_SUM_NS]! += serviceNs
  const waitBin = binOf(waitNs)
  const serviceBin = binOf(serviceNs)
  recordBins(memory, device, direction, waitBin, serviceBin)
  if (waitNs > numbers[at + WAIT_MAX_NS]!) noteLongest(numbers, at + WAIT_MAX_NS, waitNs, waitBin)
  if (serviceNs > numbers[at + SERVICE_MAX_NS]!) noteLongest(numbers, at + SERVICE_MAX_NS, serviceNs, serviceBin)
}

/** Enters one completed request, counted elsewhere, into the histograms. */
export function recordBins(
  memory: StatsMemory,
  device: number,
  direction: 0 | 1,
  waitBin: number,
  serviceBin: number,
): void {
  const numbers = memory.numbers
  const at = flowAt(device, direction) + FLOW_NUMBERS
  numbers[at + waitBin]! += 1
  numbers[at + BIN_COUNT + serviceBin]! += 1
  numbers[at + 2 * BIN_COUNT + rowOfBin(waitBin)]! += 1
}

/** The same for `count` requests that are alike. */
export function recordManyBins(
  memory: StatsMemory,
  device: number,
  direction: 0 | 1,
  { waitBin, serviceBin, count }: { readonly waitBin: number; readonly serviceBin: number; readonly count: number },
): void {
  const numbers = memory.numbers
  const at = flowAt(device, direction) + FLOW_NUMBERS
  numbers[at + waitBin]! += count
  numbers[at + BIN_COUNT + serviceBin]! += count
  numbers[at + 2 * BIN_COUNT + rowOfBin(waitBin)]! += count
}

/** The counters of many requests of one device and direction together. */
export interface FlowCounts {
  readonly requests: number
  readonly bytes: number
  readonly delayed: number
  readonly serviceSumNs: number
  readonly waitMaxNs: number
  readonly serviceMaxNs: number
}

/** Adds to the counters what was counted elsewhere; the histograms are `recordBins`' affair. */
export function addCounts(memory: StatsMemory, device: number, direction: 0 | 1, counts: FlowCounts): void {
  const numbers = memory.numbers
  const at = flowAt(device, direction)
  numbers[at + REQUESTS]! += counts.requests
  numbers[at + BYTES]! += counts.bytes
  numbers[at + DELAYED]! += counts.delayed
  numbers[at + SERVICE_SUM_NS]! += counts.serviceSumNs
  const { waitMaxNs, serviceMaxNs } = counts
  if (waitMaxNs > numbers[at + WAIT_MAX_NS]!) noteLongest(numbers, at + WAIT_MAX_NS, waitMaxNs, binOf(waitMaxNs))
  if (serviceMaxNs > numbers[at + SERVICE_MAX_NS]!)
    noteLongest(numbers, at + SERVICE_MAX_NS, serviceMaxNs, binOf(serviceMaxNs))
}

/** The longest duration is also the one in the highest bin. */
function noteLongest(numbers: Float64Array, maxAt: number, ns: number, bin: number): void {
  numbers[maxAt] = ns
  numbers[maxAt + TOP_AFTER_MAX] = bin
}

/** Counts one request that was throttled, when that happens. */
export function recordDelayed(memory: StatsMemory, device: number, direction: 0 | 1): void {
  memory.numbers[flowAt(device, direction) + DELAYED]! += 1
}

/**
 * Back to nothing. For the writer, or while nobody writes. What was never written stays as it is: zeros over zeros would
 * make the kernel find a page for every bin of every device, which took a third of a second when a thousand were opened.
 */
export function resetStats({ numbers }: StatsMemory, device: number): void {
  for (const direction of [0, 1] as const) {
    const at = flowAt(device, direction)
    // Whatever enters a histogram was counted before.
    if (numbers[at + REQUESTS] !== 0 || numbers[at + DELAYED] !== 0) numbers.fill(0, at, at + FLOW_STRIDE)
  }
}
