import { counted } from '#shared/counted.ts'
import {
  bucketFor,
  cornerOf,
  FRONTIER_PERCENTILES,
  type FrontierChart,
  type FrontierLevels,
  type FrontierPercentile,
  isKnownAt,
  limitsHolding,
  type RateAndBucket,
  type SplitComparison,
  settableBucket,
  type WaitPromise,
} from '#shared/frontier.ts'
import { alignedWords, hiddenWords } from '#shared/hidden-words.ts'
import { measuredWords } from '#shared/measured-words.ts'
import { savedWords } from '#shared/split-words.ts'
import { shortBurstUnits } from '#shared/throttle/counting.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { formatBps, formatBytes, formatDurationNs, formatIops, formatShort, NS_PER_S } from '#shared/units.ts'
import type { Paint } from './terminal.ts'

// What `weir choose` says: as lines of text, and as one object for programs.

const CHOICE_FORMAT = 'weir-frontier/1'
/** Waits that a chart always tells, in seconds. */
const WAITS_S = [0.001, 0.01, 0.1] as const
const TABLE_ROWS = 12

/** `1ms`, `10ms`, `2.5s`: as the option takes it. */
function waitKey(waitS: number): string {
  return waitS < 1 ? `${Number((waitS * 1000).toPrecision(12))}ms` : `${waitS}s`
}

function waitsOf({ waitS }: WaitPromise): readonly number[] {
  return [...new Set([...WAITS_S, waitS])].sort((a, b) => a - b)
}

/** Requests (or bytes) and seconds. */
export function chooseJson(chart: FrontierChart, promise: WaitPromise): object {
  const waits = waitsOf(promise)
  const curve = (levels: FrontierLevels, percentile: FrontierPercentile) =>
    Object.fromEntries(waits.map((waitS) => [waitKey(waitS), bucketFor(levels, percentile, waitS)]))
  const { frontier, most, closedLoops, steady, limited, isAligned, overTime: _drawn, ...rest } = chart
  return {
    format: CHOICE_FORMAT,
    ...rest,
    hidesDemand: closedLoops,
    mayHideDemand: steady,
    limited,
    ...(isAligned === null ? {} : { aligned: isAligned }),
    timing: most === null ? 'each request' : 'intervals',
    frontier: frontier.map((levels, index) => ({
      rate: levels.rate,
      noWait: levels.noWait,
      ...Object.fromEntries(FRONTIER_PERCENTILES.map((percentile) => [`p${percentile}`, curve(levels, percentile)])),
      ...mostOf(most?.[index], curve),
      ...(isKnownAt(chart, levels.rate) ? {} : { known: false }),
    })),
    promise,
    choices: choicesOf(chart, promise).map(({ point, ...choice }) => ({
      ...choice,
      ...point,
      limits: limitsHolding(chart.bucket, point),
      ...(isKnownAt(chart, point.rate) ? {} : { known: false }),
    })),
  }
}

/** However the requests came within their intervals; nothing where each is timed. */
function mostOf(
  levels: FrontierLevels | undefined,
  curve: (levels: FrontierLevels, percentile: FrontierPercentile) => object,
): object {
  if (levels === undefined) return {}
  const curves = FRONTIER_PERCENTILES.map((percentile) => [`p${percentile}Most`, curve(levels, percentile)])
  return { noWaitMost: levels.noWait, ...Object.fromEntries(curves) }
}

interface Choice {
  readonly kind: 'corner' | 'no burst' | 'no wait, no burst'
  readonly point: RateAndBucket
}

/** The corner of the promised curve, and what does without a burst. */
function choicesOf({ frontier, most, meanRate }: FrontierChart, promise: WaitPromise): readonly Choice[] {
  // What is promised holds however the requests came.
  const safe = most ?? frontier
  const withoutBurst = (needed: (levels: FrontierLevels) => number): RateAndBucket | null => {
    const levels = safe.find((each) => needed(each) <= shortBurstUnits(each.rate))
    return levels === undefined ? null : { rate: levels.rate, bucket: shortBurstUnits(levels.rate) }
  }
  const found: readonly (readonly [Choice['kind'], RateAndBucket | null])[] = [
    ['corner', cornerOf(safe, promise, meanRate)],
    ['no burst', withoutBurst((levels) => bucketFor(levels, promise.percentile, promise.waitS))],
    ['no wait, no burst', withoutBurst((levels) => levels.noWait)],
  ]
  return found.flatMap(([kind, point]) => (point === null ? [] : [{ kind, point }]))
}

export function chooseLines(chart: FrontierChart, promise: WaitPromise, paint: Paint): readonly string[] {
  return [
    ...headLines(chart, paint),
    ...tableLines(chart, promise, paint),
    ...choiceLines(chart, promise, paint),
    ...measuredWords(chart.measured).map((words) => `  ${words}`),
    ...hiddenLines(chart).map((line) => paint.warn(line)),
  ]
}

function wordsOf({ bucket }: FrontierChart) {
  const isBytes = bucket.startsWith('bps')
  return {
    rate: (value: number) => (isBytes ? formatBps(value) : formatIops(value)),
    units: (value: number) => (isBytes ? formatBytes(value) : formatShort(Math.ceil(value))),
  }
}

function headLines(chart: FrontierChart, paint: Paint): readonly string[] {
  const { devices, requests, spanS, meanRate, bucket } = chart
  const names =
    devices.length > 4 ? `${devices.slice(0, 3).join(', ')} and ${devices.length - 3} more` : devices.join(', ')
  const mean = `${wordsOf(chart).rate(meanRate)} on average`
  return [
    paint.bold(
      `${names}: ${counted(requests, 'request')} in ${formatDurationNs(spanS * NS_PER_S)}, ${mean} (${bucket})`,
    ),
    paint.dim('The smallest burst that is enough at each limit:'),
  ]
}

function tableLines(chart: FrontierChart, { percentile, waitS }: WaitPromise, paint: Paint): readonly string[] {
  const { frontier } = chart
  const words = wordsOf(chart)
  const waits = waitsOf({ percentile, waitS })
  const name = percentile === 100 ? 'all' : `p${percentile}`
  const step = Math.max(1, (frontier.length - 1) / (TABLE_ROWS - 1))
  const rows = [...new Set(Array.from({ length: TABLE_ROWS }, (_, row) => Math.round(row * step)))]
  const cells = rows.flatMap((row) => {
    const levels = frontier[row]
    if (levels === undefined) return []
    const buckets = waits.map((each) => words.units(bucketFor(levels, percentile, each)))
    const mark = isKnownAt(chart, levels.rate) ? '' : '?'
    return [[`${words.rate(levels.rate)}${mark}`, words.units(levels.noWait), ...buckets]]
  })
  const head = ['limit', 'nobody waits', ...waits.map((each) => `${name} ≤ ${formatDurationNs(each * NS_PER_S)}`)]
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`
  return [paint.dim(line(head)), ...cells.map(line)]
}

function choiceLines(chart: FrontierChart, promise: WaitPromise, paint: Paint): readonly string[] {
  const who = promise.percentile === 100 ? 'no request waits' : `${promise.percentile} of 100 requests wait at most`
  const target = `${who}${promise.percentile === 100 ? ' more than' : ''} ${formatDurationNs(promise.waitS * NS_PER_S)}`
  const effect: Readonly<Record<Choice['kind'], string>> = {
    corner: target,
    'no burst': `without a burst, ${target}`,
    'no wait, no burst': 'without a burst, nobody waits',
  }
  return choicesOf(chart, promise).map(({ kind, point }) => {
    const limits = limitsInWords(
      limitsHolding(chart.bucket, { ...point, bucket: settableBucket(point.rate, point.bucket) }),
    )
    const line = `${kind === 'corner' ? '→' : ' '} ${limits}: ${effect[kind]}`
    if (!isKnownAt(chart, point.rate)) return paint.warn(`${line} – if it wants no more than it was given`)
    return kind === 'corner' ? paint.good(line) : line
  })
}

/** Apart or shared, without a burst. */
export function splitLines(split: SplitComparison, chart: FrontierChart, promise: WaitPromise): readonly string[] {
  const { rate } = wordsOf(chart)
  const name = promise.percentile === 100 ? 'the longest wait' : `p${promise.percentile}`
  return [
    '',
    `Group or split, ${name} ≤ ${formatDurationNs(promise.waitS * NS_PER_S)}, no burst, ${split.apart.length} disks:`,
    `  apart   ${rate(split.apartSum)} in all`,
    `  shared  ${rate(split.sharedByEach)} if each disk keeps it (${savedWords(split)}), ${rate(split.sharedByAll)} for all requests together`,
    ...(split.most === null
      ? []
      : [
          `  However the requests came within their intervals: at most ${rate(split.most.apartSum)} apart; shared ${rate(split.most.sharedByEach)} and ${rate(split.most.sharedByAll)}.`,
        ]),
  ]
}

function hiddenLines(chart: FrontierChart): readonly string[] {
  return [...alignedLines(chart), ...hiddenWords(chart, ' (?)').map((words) => `  ${words}`), ...countedLines(chart)]
}

function alignedLines(chart: FrontierChart): readonly string[] {
  const words = alignedWords(chart)
  return words === '' ? [] : [`  ${words}`]
}

function countedLines({ most }: FrontierChart): readonly string[] {
  if (most === null) return []
  return [
    '  Counted in intervals: the table holds if requests came evenly within each interval, the advice however they came. With a shorter --interval of weir record the two differ less.',
  ]
}
