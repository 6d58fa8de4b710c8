import { MAX_RATE_IOPS, type SyntheticWorkload } from '#shared/workspace/workspace.ts'
import { type FioContext, optionOf, readNumber, readTimeS, round } from './fio-context.ts'
import { parseFioNumber, perDirection } from './fio-values.ts'

// How fast a job goes. fio holds reads and writes each to its own rate, whatever rwmixread says: measured with fio 3.33,
// rwmixread=75 with rate_iops=200 gives 200 reads and 200 writes a second. Of one direction alone that has a rate the
// other goes as fast as it can.

export interface FioRate {
  /** Requests a second, of both directions; 0: as fast as it goes. */
  readonly rateIops: number
  readonly readPercent: number
  /** Of one direction alone that has a rate. */
  readonly readRateIops?: number
  readonly writeRateIops?: number
}

interface Bytes {
  readonly readBytes: number
  readonly writeBytes: number
}

export function readRate(context: FioContext, mixPercent: number, bytes: Bytes): FioRate {
  const rate = askedRate(context, mixPercent, bytes)
  const option = optionOf(context, 'rate_iops') === null ? 'rate' : 'rate_iops'
  const possible = (iops: number) => possibleRate(context, option, iops)
  const { rateIops, readPercent, readRateIops = 0, writeRateIops = 0 } = rate
  const [reads, writes] = [possible(readRateIops), possible(writeRateIops)]
  return {
    rateIops: possible(rateIops),
    readPercent,
    ...(reads > 0 ? { readRateIops: reads } : {}),
    ...(writes > 0 ? { writeRateIops: writes } : {}),
  }
}

/** A rate beyond what a load takes holds nothing back: 0, none. */
function possibleRate(context: FioContext, option: string, iops: number): number {
  if (iops <= MAX_RATE_IOPS) return iops
  context.report('dropped', option, `${round(iops)} requests/s are more than a load’s ${MAX_RATE_IOPS}; it has no rate`)
  return 0
}

function askedRate(context: FioContext, mixPercent: number, bytes: Bytes): FioRate {
  const read = mixPercent === 0 ? null : capOf(context, 'read', bytes.readBytes)
  const write = mixPercent === 100 ? null : capOf(context, 'write', bytes.writeBytes)
  const { clones } = context
  if (mixPercent === 0 || mixPercent === 100) {
    return { rateIops: (read ?? write ?? 0) * clones, readPercent: mixPercent }
  }
  if (read !== null && write !== null) {
    const both = read + write
    const readPercent = (read / both) * 100
    context.report(
      'converted',
      optionOf(context, 'rate') === null ? 'rate_iops' : 'rate',
      `fio holds reads to ${round(read)} and writes to ${round(write)} requests/s, each by itself: ${round(both)} together, of which ${round(readPercent)} % are reads`,
    )
    return { rateIops: both * clones, readPercent }
  }
  return {
    rateIops: 0,
    readPercent: mixPercent,
    ...(read === null ? {} : { readRateIops: read * clones }),
    ...(write === null ? {} : { writeRateIops: write * clones }),
  }
}

/** Requests a second of one direction of one job; null: none. */
function capOf(context: FioContext, direction: 'read' | 'write', meanBytes: number): number | null {
  const caps = (['rate', 'rate_iops'] as const).flatMap((option) => {
    const text = optionOf(context, option)
    const own = text === null ? null : perDirection(text)[direction]
    if (own === null) return []
    const value = parseFioNumber(own, context.kbBase)
    if (value === null) {
      context.report('not-understood', option, `${JSON.stringify(text)} is not a rate that Weir reads`)
      return []
    }
    if (value === 0) return []
    const rate = option === 'rate' ? value / meanBytes : value
    if (option === 'rate')
      context.report('converted', option, `${own} bytes/s are ${round(rate)} requests/s of ${round(meanBytes)} bytes`)
    return [rate]
  })
  return caps.length === 0 ? null : Math.min(...caps)
}

/** Pauses: exact as on/off phases where fio counts time, else as the rate that they leave. */
export function readPauses(
  context: FioContext,
  rate: number,
): Partial<Pick<SyntheticWorkload, 'onS' | 'offS' | 'rateIops'>> {
  const pauseS = readTimeS(context, 'thinktime', 'us')
  if (pauseS === null || pauseS === 0) return {}
  const onS = readTimeS(context, 'thinktime_iotime', 's')
  if (onS !== null && onS > 0) return { onS, offS: pauseS }
  const blocks = Math.max(1, readNumber(context, 'thinktime_blocks', 1))
  const most = (blocks / pauseS) * context.clones
  // A rate's own pauses pass while the job thinks.
  const left = rate > 0 ? Math.min(rate, most) : most
  const jobs = context.clones > 1 ? ` of each of ${context.clones} jobs` : ''
  context.report(
    'converted',
    'thinktime',
    `a pause of ${pauseS} s after each ${blocks} requests${jobs} becomes a ceiling of ${round(left)} requests/s`,
  )
  return { rateIops: possibleRate(context, 'thinktime', left) }
}
