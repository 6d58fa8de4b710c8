import type { StatsView } from '#main/qmp/qmp-views.ts'
import type { IntervalLatency } from '#shared/formats/loads/latency-cell.ts'
import {
  LATENCY_COLUMNS,
  RECORDING_COLUMNS,
  RECORDING_HEAD,
  recordingRow,
} from '#shared/formats/loads/recording-rows.ts'
import { traceHeadLine } from '#shared/formats/loads/trace-head.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { DiskCounters } from './disk-counters.ts'
import { IntervalBins } from './latency/interval-bins.ts'
import { limitShares } from './limit-share.ts'
import type { Picture } from './picture.ts'

// A recording of what a VM's disks do, from look to look: their counters, how much of the limits over them that is, and
// how long requests took where a disk has latency histograms, whoever set them. The command line looks for it; a window's
// session, which looks anyway, lends it its looks.

export interface RecorderOptions {
  readonly name: string
  /** Wall clock when it begins, ms since 1970. */
  readonly startedMs: number
  /** Takes text as it comes. */
  readonly write: (text: string) => void
}

export interface Recorded {
  readonly requests: number
  readonly seconds: number
  /** The VM was restarted meanwhile: what lies between is not known. */
  readonly restarts: number
}

interface RecordedDisk {
  readonly counters: DiskCounters
  readonly bins: IntervalBins
}

interface CountedDisk {
  readonly id: string
  readonly counters: DiskCounters
  readonly latency: IntervalLatency
}

export class Recorder {
  readonly #options: RecorderOptions
  /** By what QEMU counts by. */
  #disks: ReadonlyMap<string, RecordedDisk> = new Map()
  /** Some disk has, or had, a histogram: rows have columns of latency from then on. */
  #isTimed = false
  #limits = ''
  #startMs: number | null = null
  #beforeMs = 0
  #requests = 0
  #restarts = 0

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  get recorded(): Recorded {
    const seconds = this.#startMs === null ? 0 : (this.#beforeMs - this.#startMs) / 1000
    return { requests: this.#requests, seconds, restarts: this.#restarts }
  }

  /** `nowMs` on any clock that goes evenly. The first look is where the recording begins. */
  take(stats: readonly StatsView[], picture: Picture, nowMs: number): void {
    const isFirst = this.#startMs === null
    this.#startMs ??= nowMs
    const [fromS, toS] = [isFirst ? 0 : (this.#beforeMs - this.#startMs) / 1000, (nowMs - this.#startMs) / 1000]
    if (!isFirst && toS <= fromS) return // the same look again
    this.#noteColumns(stats, isFirst)
    this.#noteLimits(picture, toS, isFirst)
    const views = new Map(stats.map(({ key, counters }) => [key, counters]))
    const disks = this.#keepDisks(picture)
    let isRestarted = false
    const counted = picture.disks.flatMap(({ id, countersKey }): CountedDisk[] => {
      if (countersKey === null) return []
      const { counters, bins } = disks.get(countersKey) ?? newDisk()
      const now = views.get(countersKey) ?? null
      const elapsedNs = (nowMs - this.#beforeMs) * NS_PER_MS
      if (counters.advance(now, elapsedNs) === 'restarted') isRestarted = true
      return [{ id, counters, latency: bins.see(now?.histograms) }]
    })
    if (isRestarted) this.#restarts += 1
    this.#beforeMs = nowMs
    if (!isFirst) this.#writeRows(picture, counted, { fromS, toS })
  }

  #writeRows(
    picture: Picture,
    counted: readonly CountedDisk[],
    { fromS, toS }: { readonly fromS: number; readonly toS: number },
  ): void {
    const passed = new Map(
      counted.map(({ id, counters }) => [id, { read: counters.passed('read'), write: counters.passed('write') }]),
    )
    const shares = limitShares(picture, passed, toS - fromS)
    const rows = counted.flatMap(({ id, counters, latency }) => {
      const [{ requests: reads, bytes: readBytes }, { requests: writes, bytes: writeBytes }] = [
        counters.passed('read'),
        counters.passed('write'),
      ]
      this.#requests += reads + writes
      if (reads + writes === 0) return []
      const [limitShare, outstanding] = [shares.get(id) ?? null, counters.underWay()]
      const figures = { fromS, toS, reads, readBytes, writes, writeBytes, limitShare, outstanding }
      return [recordingRow(id, this.#isTimed ? { ...figures, latency } : figures)]
    })
    if (rows.length > 0) this.#options.write(rows.join(''))
  }

  #noteColumns(stats: readonly StatsView[], isFirst: boolean): void {
    if (this.#isTimed || stats.every(({ counters }) => counters.histograms === undefined)) return
    this.#isTimed = true
    if (!isFirst) this.#options.write(`${LATENCY_COLUMNS}\n`)
  }

  /** The limits in force, by group and by disk: at the beginning, and whenever they are others. */
  #noteLimits({ disks, groups }: Picture, atS: number, isFirst: boolean): void {
    const limits: Record<string, Limits | null> = Object.fromEntries(groups.map((each) => [each.name, each.limits]))
    const inForce = { limits, groups: Object.fromEntries(disks.map((disk) => [disk.id, disk.groups])) }
    const text = JSON.stringify(inForce)
    if (text === this.#limits) return
    this.#limits = text
    const { name, startedMs, write } = this.#options
    if (isFirst) {
      const columns = this.#isTimed ? LATENCY_COLUMNS : RECORDING_COLUMNS
      write(`${RECORDING_HEAD}\n${traceHeadLine({ name, startedMs, ...inForce })}${columns}\n`)
    } else {
      write(traceHeadLine({ atS: Number(atS.toFixed(6)), ...inForce }))
    }
  }

  /** Those of the picture: a disk that was unplugged and plugged in again is a new one. */
  #keepDisks({ disks }: Picture): ReadonlyMap<string, RecordedDisk> {
    const keys = disks.flatMap(({ countersKey }) => countersKey ?? [])
    this.#disks = new Map(keys.map((key) => [key, this.#disks.get(key) ?? newDisk()]))
    return this.#disks
  }
}

function newDisk(): RecordedDisk {
  return { counters: new DiskCounters(), bins: new IntervalBins() }
}
