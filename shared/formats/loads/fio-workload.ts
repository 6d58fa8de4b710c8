import {
  DEFAULT_DISK,
  DEFAULT_WORKLOAD,
  type Disk,
  MAX_DISK_BYTES,
  MAX_IODEPTH,
  MAX_LOAD_S,
  type Workload,
} from '#shared/workspace/workspace.ts'
import { type FioBytes, readBlocks } from './fio-blocks.ts'
import { type FioContext, optionOf, readNumber, readTimeS } from './fio-context.ts'
import { SYNC_ENGINES } from './fio-options.ts'
import { type FioRate, readPauses, readRate } from './fio-rates.ts'
import { parseFioNumber } from './fio-values.ts'

// One fio job as a disk and a workload.

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
    context.report('not-understood', 'rw', `${JSON.stringify(kind)} is not a load of reads and writes`)
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

function readDepth(context: FioContext): number {
  const engine = (optionOf(context, 'ioengine') ?? 'psync').toLowerCase()
  const asked = readNumber(context, 'iodepth', 1)
  const isSync = SYNC_ENGINES.has(engine)
  if (isSync && asked > 1)
    context.report('converted', 'iodepth', `fio’s ${engine} waits for each request; the iodepth is 1, not ${asked}`)
  // Jobs on one named file are one disk with more requests outstanding; jobs on files of their own are disks of their own.
  const { clones } = context
  if (clones > 1)
    context.report(
      'converted',
      'numjobs',
      `${clones} jobs on one file are one disk with ${clones} times the iodepth and the rates of one`,
    )
  const depth = (isSync ? 1 : asked) * clones
  const possible = Math.min(MAX_IODEPTH, Math.max(1, depth))
  if (possible !== depth) context.report('rounded', 'iodepth', `${depth} becomes ${possible}`)
  return possible
}

export function workloadOf(context: FioContext): Workload {
  const mix = readMix(context)
  if (mix === null) return { kind: 'idle' }
  let rate: FioRate = { rateIops: 0, readPercent: mix.readPercent }
  const blocks = readBlocks(context, mix.readPercent, (bytes: FioBytes) => {
    rate = readRate(context, mix.readPercent, bytes)
    return rate.readPercent
  })
  const startS = Math.min(MAX_LOAD_S, context.startS + (readTimeS(context, 'startdelay', 's') ?? 0))
  const runS = readTimeS(context, 'runtime', 's')
  const isPoisson = optionOf(context, 'rate_process') === 'poisson'
  const held = rate.readRateIops === undefined ? 'writes' : 'reads'
  if (isPoisson && (rate.readRateIops ?? rate.writeRateIops) !== undefined)
    context.report(
      'converted',
      'rate_process',
      `fio’s ${held} come at random moments; here they come no faster than their rate, evenly`,
    )
  const poisson = isPoisson && rate.rateIops > 0
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
    ...rate,
    blockBytes: blocks,
    iodepth: readDepth(context),
    arrivals: poisson ? 'poisson' : 'closed',
    startS,
    stopS: runS === null || runS === 0 ? null : Math.min(MAX_LOAD_S, startS + runS),
    ...readPauses(context, rate.rateIops),
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
      `${JSON.stringify(text)} is not a plain size; the usual ${DEFAULT_DISK.sizeBytes} bytes are taken`,
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
