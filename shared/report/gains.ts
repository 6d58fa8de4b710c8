import { listed } from '../listed.ts'
import type { DeviceResult, FlowResult, RunResult } from '../result.ts'
import { formatBps, formatDurationNs, formatIops } from '../units.ts'

// Who wins and who loses between two runs, and what each pays: figures of whole devices, told in words.

export interface DeviceFigures {
  readonly group: string | null
  readonly iops: number
  readonly bps: number
  /** Of the slower direction; null: no request. */
  readonly waitP99Ns: number | null
}

export interface DeviceGain {
  readonly device: string
  readonly before: DeviceFigures
  readonly after: DeviceFigures
  /** after / before − 1 of the requests; null where there were none before. */
  readonly iopsChange: number | null
  readonly verdict: 'gains' | 'pays' | 'same'
  /** `200 IOPS less, 32 ms more at p99`; `nothing`. */
  readonly price: string
}

/** Changes of less than this are noise, whatever their share. */
const WAIT_FLOOR_NS = 50_000
const IOPS_FLOOR = 0.5

/** For each device that both runs have, in the order of the first. */
export function gainsBetween(before: RunResult, after: RunResult, tolerance: number): readonly DeviceGain[] {
  return Object.entries(before.devices).flatMap(([device, was]) => {
    const is = Object.hasOwn(after.devices, device) ? after.devices[device] : undefined
    return is === undefined ? [] : [gainOf(device, figuresOf(was), figuresOf(is), tolerance)]
  })
}

function gainOf(device: string, before: DeviceFigures, after: DeviceFigures, tolerance: number): DeviceGain {
  const differs = (a: number, b: number, floor: number) =>
    Math.abs(b - a) >= floor && Math.abs(b - a) > tolerance * Math.max(a, b)
  const [waited, waits] = [before.waitP99Ns ?? 0, after.waitP99Ns ?? 0]
  const doesMove = differs(before.iops, after.iops, IOPS_FLOOR)
  const doesWait = differs(waited, waits, WAIT_FLOOR_NS)
  const losses = [
    doesMove && after.iops < before.iops ? lessWords(before, after) : '',
    doesWait && waits > waited ? `${formatDurationNs(waits - waited)} more at p99` : '',
  ].filter((loss) => loss !== '')
  const wins = (doesMove && after.iops > before.iops) || (doesWait && waits < waited)
  return {
    device,
    before,
    after,
    iopsChange: before.iops > 0 ? after.iops / before.iops - 1 : null,
    verdict: losses.length > 0 ? 'pays' : wins ? 'gains' : 'same',
    price: losses.length === 0 ? 'nothing' : losses.join(', '),
  }
}

function lessWords(before: DeviceFigures, after: DeviceFigures): string {
  return `${formatIops(before.iops - after.iops)} IOPS (${formatBps(Math.max(0, before.bps - after.bps))}) less`
}

function figuresOf({ group, read, write }: DeviceResult): DeviceFigures {
  const sum = (of: (flow: FlowResult) => number) => of(read) + of(write)
  const busy = [read, write].filter((flow) => flow.requests > 0)
  return {
    group,
    iops: sum((flow) => flow.iops),
    bps: sum((flow) => flow.bps),
    waitP99Ns: busy.length === 0 ? null : Math.max(...busy.map((flow) => flow.waitNs.p99)),
  }
}

/** `db and web gain; etl pays 200 IOPS (1.6 MiB/s) less` as one sentence; `''` where nothing differs. */
export function gainsSentence(gains: readonly DeviceGain[]): string {
  const winners = gains.filter(({ verdict }) => verdict === 'gains').map(({ device }) => device)
  const losers = gains.filter(({ verdict }) => verdict === 'pays')
  const parts = [
    winners.length === 0 ? '' : `${listed(winners, { most: MOST_NAMES })} ${winners.length === 1 ? 'gains' : 'gain'}`,
    ...losers.slice(0, MAX_LOSERS).map(({ device, price }) => `${device} pays: ${price}`),
    losers.length > MAX_LOSERS ? `${losers.length - MAX_LOSERS} more pay` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `${parts.join('; ')}.`
}

const MOST_NAMES = 4
/** Whose prices are told: the rest stands in the table. */
const MAX_LOSERS = 8
