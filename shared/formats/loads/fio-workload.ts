import {
  type BlockShare,
  DEFAULT_DISK,
  DEFAULT_WORKLOAD,
  type Disk,
  MAX_DISK_BYTES,
  MAX_IODEPTH,
  MAX_REQUEST_BYTES,
  type SyntheticWorkload,
  type Workload,
} from '#shared/workspace/workspace.ts'
import type { LossKind } from '../format.ts'
import { SYNC_ENGINES } from './fio-options.ts'
import type { FioJob } from './fio-sections.ts'
import { parseFioNumber, parseFioSplit, parseFioTimeS, perDirection } from './fio-values.ts'

// One fio job as a disk and a workload.

export interface FioContext {
  readonly job: FioJob
  readonly kbBase: 1000 | 1024
  /** Seconds after which the jobs before a stonewall are through. */
  readonly startS: number
  readonly report: (kind: LossKind, option: string, message: string) => void
}

const MAX_SHARES = 32

export function optionOf(context: FioContext, name: string): string | null {
  return context.job.options.get(name) ?? null
}

function readNumber(context: FioContext, name: string, fallback: number): number {
  const text = optionOf(context, name)
  if (text === null) return fallback
  const value = parseFioNumber(text, context.kbBase)
  if (value === null)
    context.report('not-understood', name, `${JSON.stringify(text)} is no plain number; ${fallback} is taken`)
  return value ?? fallback
}

function readTimeS(context: FioContext, name: string, bare: 's' | 'us'): number | null {
  const text = optionOf(context, name)
  if (text === null) return null
  const value = parseFioTimeS(text.split('-')[0] ?? '', bare)
  if (value === null) context.report('not-understood', name, `${JSON.stringify(text)} is no plain time`)
  else if (text.includes('-')) context.report('converted', name, `fio draws from ${text}; ${value} s is taken`)
  return value
}

interface Mix {
  readonly pattern: 'random' | 'sequential'
  readonly readPercent: number
}

/** null: a job that neither reads nor writes. */
function readMix(context: FioContext): Mix | null {
  const text = (optionOf(context, 'rw') ?? 'read').toLowerCase()
  const [kind = '', modifier] = text.split(':')
  if (modifier !== undefined)
    context.report('not-understood', 'rw', `the offset modifier :${modifier} of ${kind} is left out`)
  const match = /^(rand)?(read|write|rw|readwrite)$/.exec(kind)
  if (!match) {
    context.report('not-understood', 'rw', `${JSON.stringify(kind)} is no load of reads and writes`)
    return null
  }
  let pattern: Mix['pattern'] = match[1] === undefined ? 'sequential' : 'random'
  const chance = optionOf(context, 'percentage_random')
  if (chance !== null) {
    pattern = Number(chance.split(',')[0]) >= 50 ? 'random' : 'sequential'
    context.report('converted', 'percentage_random', `${chance} % random becomes ${pattern} altogether`)
  }
  if (match[2] === 'read') return { pattern, readPercent: 100 }
  if (match[2] === 'write') return { pattern, readPercent: 0 }
  const written = optionOf(context, 'rwmixwrite')
  const percent =
    optionOf(context, 'rwmixread') === null && written !== null
      ? 100 - readNumber(context, 'rwmixwrite', 50)
      : readNumber(context, 'rwmixread', 50)
  return { pattern, readPercent: Math.min(100, Math.max(0, percent)) }
}

function clampBlock(context: FioContext, option: string, bytes: number): number {
  const possible = Math.min(MAX_REQUEST_BYTES, Math.max(512, bytes))
  if (possible !== bytes)
    context.report(
      'rounded',
      option,
      `blocks of ${bytes} bytes become ${possible}; 512 to ${MAX_REQUEST_BYTES} are possible`,
    )
  return possible
}

/** Sizes between two bounds in steps of the smaller, as fio draws them. */
function rangeShares(context: FioContext, text: string): readonly BlockShare[] | null {
  const [low, high] = text.split('-').map((part) => parseFioNumber(part, context.kbBase))
  if (low === null || low === undefined || high === null || high === undefined || low < 1 || high < low) return null
  const count = Math.floor(high / low)
  const step = Math.ceil(count / MAX_SHARES)
  if (step > 1)
    context.report(
      'converted',
      'bsrange',
      `${count} sizes from ${low} to ${high} become ${Math.ceil(count / step)} of them`,
    )
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => ({ bytes: low * (1 + index * step), weight: 1 }))
}

/** The shares of one direction, by whichever option the job uses. */
function directionShares(context: FioContext, direction: 'read' | 'write'): readonly BlockShare[] {
  for (const [option, parse] of [
    ['bssplit', (text: string) => parseFioSplit(text, context.kbBase)],
    ['bsrange', (text: string) => rangeShares(context, text)],
    ['bs', (text: string) => single(parseFioNumber(text, context.kbBase))],
  ] as const) {
    const text = optionOf(context, option)
    if (text === null) continue
    const shares = parse(perDirection(text)[direction])
    if (shares !== null && shares.length > 0) {
      if (shares.length > MAX_SHARES)
        context.report('dropped', option, `of ${shares.length} sizes the first ${MAX_SHARES} are kept`)
      return shares.slice(0, MAX_SHARES).map((share) => ({ ...share, bytes: clampBlock(context, option, share.bytes) }))
    }
    context.report('not-understood', option, `${JSON.stringify(text)} is no size that Weir reads; 4096 is taken`)
  }
  return [{ bytes: 4096, weight: 1 }]
}

function single(bytes: number | null): readonly BlockShare[] | null {
  return bytes === null ? null : [{ bytes, weight: 1 }]
}

/** Weir draws sizes without regard to the direction: where reads and writes differ, each is weighted with its share. */
function readBlocks(
  context: FioContext,
  mix: Mix,
): { readonly blocks: number | readonly BlockShare[]; readonly meanBytes: number } {
  const read = mix.readPercent === 0 ? [] : directionShares(context, 'read')
  const write = mix.readPercent === 100 ? [] : directionShares(context, 'write')
  const same = JSON.stringify(read) === JSON.stringify(write) || read.length === 0 || write.length === 0
  const shares = same
    ? read.length > 0
      ? read
      : write
    : mergeShares(weighted(read, mix.readPercent), weighted(write, 100 - mix.readPercent))
  if (!same)
    context.report(
      'converted',
      'bs',
      'reads and writes have sizes of their own; Weir draws all requests from both, weighted by rwmixread',
    )
  const kept = shares.slice(0, MAX_SHARES)
  const total = kept.reduce((sum, share) => sum + share.weight, 0)
  const meanBytes = kept.reduce((sum, share) => sum + share.bytes * share.weight, 0) / total
  const [only] = kept
  return { blocks: kept.length === 1 && only ? only.bytes : kept, meanBytes }
}

function weighted(shares: readonly BlockShare[], percent: number): readonly BlockShare[] {
  const total = shares.reduce((sum, share) => sum + share.weight, 0)
  return shares.map((share) => ({ bytes: share.bytes, weight: (share.weight / total) * percent }))
}

function mergeShares(a: readonly BlockShare[], b: readonly BlockShare[]): readonly BlockShare[] {
  const weights = new Map<number, number>()
  for (const { bytes, weight } of [...a, ...b]) weights.set(bytes, (weights.get(bytes) ?? 0) + weight)
  return [...weights].map(([bytes, weight]) => ({ bytes, weight }))
}

/** The tightest of fio's caps on reads and on writes, as one rate of requests; 0: none. */
function readRate(context: FioContext, mix: Mix, meanBytes: number): number {
  const caps = (['rate', 'rate_iops'] as const).flatMap((option) => {
    const text = optionOf(context, option)
    if (text === null) return []
    const per = option === 'rate' ? meanBytes : 1
    const halves = perDirection(text)
    const read = parseFioNumber(halves.read, context.kbBase)
    const write = parseFioNumber(halves.write, context.kbBase)
    if (read === null || write === null) {
      context.report('not-understood', option, `${JSON.stringify(text)} is no rate that Weir reads`)
      return []
    }
    const shares = [
      { cap: read / per, share: mix.readPercent / 100 },
      { cap: write / per, share: 1 - mix.readPercent / 100 },
    ].filter(({ cap, share }) => cap > 0 && share > 0)
    const rates = shares.map(({ cap, share }) => cap / share)
    if (rates.length === 0) return []
    const rate = Math.min(...rates)
    if (option === 'rate')
      context.report('converted', option, `${text} bytes/s are ${round(rate)} requests/s of ${round(meanBytes)} bytes`)
    else if (shares.length > 1)
      context.report(
        'converted',
        option,
        `fio caps reads and writes each; with this mix that is ${round(rate)} requests/s`,
      )
    return [rate]
  })
  return caps.length === 0 ? 0 : Math.min(...caps)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

function readDepth(context: FioContext): number {
  const engine = (optionOf(context, 'ioengine') ?? 'psync').toLowerCase()
  const asked = readNumber(context, 'iodepth', 1)
  const isSync = SYNC_ENGINES.has(engine)
  if (isSync && asked > 1)
    context.report('converted', 'iodepth', `fio’s ${engine} waits for each request; the iodepth is 1, not ${asked}`)
  // Jobs on one named file are one disk with more requests outstanding; jobs on files of their own are disks of their own.
  const clones = optionOf(context, 'filename') === null ? 1 : readNumber(context, 'numjobs', 1)
  if (clones > 1)
    context.report('converted', 'numjobs', `${clones} jobs on one file are one disk with ${clones} times the iodepth`)
  const depth = (isSync ? 1 : asked) * clones
  const possible = Math.min(MAX_IODEPTH, Math.max(1, depth))
  if (possible !== depth) context.report('rounded', 'iodepth', `${depth} becomes ${possible}`)
  return possible
}

/** Pauses: exact as on/off phases where fio counts time, else as the rate that they leave. */
function readPauses(context: FioContext, rate: number): Partial<Pick<SyntheticWorkload, 'onS' | 'offS' | 'rateIops'>> {
  const pauseS = readTimeS(context, 'thinktime', 'us')
  if (pauseS === null || pauseS === 0) return {}
  const onS = readTimeS(context, 'thinktime_iotime', 's')
  if (onS !== null && onS > 0) return { onS, offS: pauseS }
  const blocks = Math.max(1, readNumber(context, 'thinktime_blocks', 1))
  const left = rate > 0 ? 1 / (pauseS / blocks + 1 / rate) : blocks / pauseS
  context.report(
    'converted',
    'thinktime',
    `a pause of ${pauseS} s after each ${blocks} requests becomes a ceiling of ${round(left)} requests/s`,
  )
  return { rateIops: left }
}

export function workloadOf(context: FioContext): Workload {
  const mix = readMix(context)
  if (mix === null) return { kind: 'idle' }
  const { blocks, meanBytes } = readBlocks(context, mix)
  const rate = readRate(context, mix, meanBytes)
  const startS = context.startS + (readTimeS(context, 'startdelay', 's') ?? 0)
  const runS = readTimeS(context, 'runtime', 's')
  const poisson = optionOf(context, 'rate_process') === 'poisson' && rate > 0
  if (runS === null || optionOf(context, 'time_based') === null) {
    context.report(
      'converted',
      'size',
      `fio stops when it has gone through its size once; Weir goes on${runS === null ? '' : ' to the end of runtime'}`,
    )
  }
  return {
    ...DEFAULT_WORKLOAD,
    ...mix,
    blockBytes: blocks,
    iodepth: readDepth(context),
    rateIops: rate,
    arrivals: poisson ? 'poisson' : 'closed',
    startS,
    stopS: runS === null || runS === 0 ? null : startS + runS,
    ...readPauses(context, rate),
  }
}

export function diskOf(context: FioContext, workload: Workload): Disk {
  const option = optionOf(context, 'size') === null ? 'filesize' : 'size'
  const text = optionOf(context, option)
  const asked = text === null || text.endsWith('%') ? null : parseFioNumber(text.split('-')[0] ?? '', context.kbBase)
  if (text !== null && asked === null)
    context.report(
      'not-understood',
      option,
      `${JSON.stringify(text)} is no plain size; the usual ${DEFAULT_DISK.sizeBytes} bytes are taken`,
    )
  const sizeBytes = Math.min(MAX_DISK_BYTES, Math.max(largestBlock(workload), asked ?? DEFAULT_DISK.sizeBytes))
  if (asked !== null && asked !== sizeBytes) context.report('rounded', option, `${asked} bytes become ${sizeBytes}`)
  if (optionOf(context, 'ioengine') === 'null') return { kind: 'null', sizeBytes }
  const direct = optionOf(context, 'direct') === '1' || optionOf(context, 'buffered') === '0'
  return { kind: 'file', sizeBytes, direct }
}

/** A disk holds at least one request. */
function largestBlock(workload: Workload): number {
  if (workload.kind !== 'synthetic') return 512
  const { blockBytes } = workload
  return typeof blockBytes === 'number' ? blockBytes : Math.max(...blockBytes.map((share) => share.bytes))
}
