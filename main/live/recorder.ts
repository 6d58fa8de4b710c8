import type { StatsView } from '#main/qmp/qmp-views.ts'
import { RECORDING_COLUMNS, RECORDING_HEAD, recordingRow } from '#shared/formats/loads/recording-rows.ts'
import { traceHeadLine } from '#shared/formats/loads/trace-head.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { DiskCounters } from './disk-counters.ts'
import { limitShares } from './limit-share.ts'
import type { Picture } from './picture.ts'

// A recording of what a VM's disks do, from look to look: their counters, and how much of the limits over them that is.
// The command line looks for it; a window's session, which looks anyway, lends it its looks.

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

export class Recorder {
  readonly #options: RecorderOptions
  readonly #disks = new Map<string, DiskCounters>()
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
    this.#noteLimits(picture, toS, isFirst)
    const views = new Map(stats.map(({ key, counters }) => [key, counters]))
    const counted = picture.disks.flatMap(({ id, countersKey }) => {
      if (countersKey === null) return []
      const counters = this.#countersOf(id)
      const elapsedNs = (nowMs - this.#beforeMs) * NS_PER_MS
      if (counters.advance(views.get(countersKey) ?? null, elapsedNs) === 'restarted') this.#restarts += 1
      return [{ id, counters }]
    })
    this.#beforeMs = nowMs
    if (!isFirst) this.#writeRows(picture, counted, { fromS, toS })
  }

  #writeRows(
    picture: Picture,
    counted: readonly { readonly id: string; readonly counters: DiskCounters }[],
    { fromS, toS }: { readonly fromS: number; readonly toS: number },
  ): void {
    const passed = new Map(
      counted.map(({ id, counters }) => [id, { read: counters.passed('read'), write: counters.passed('write') }]),
    )
    const shares = limitShares(picture, passed, toS - fromS)
    const rows = counted.flatMap(({ id, counters }) => {
      const [{ requests: reads, bytes: readBytes }, { requests: writes, bytes: writeBytes }] = [
        counters.passed('read'),
        counters.passed('write'),
      ]
      this.#requests += reads + writes
      if (reads + writes === 0) return []
      const [limitShare, outstanding] = [shares.get(id) ?? null, counters.underWay()]
      return [recordingRow(id, { fromS, toS, reads, readBytes, writes, writeBytes, limitShare, outstanding })]
    })
    if (rows.length > 0) this.#options.write(rows.join(''))
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
      write(`${RECORDING_HEAD}\n${traceHeadLine({ name, startedMs, ...inForce })}${RECORDING_COLUMNS}\n`)
    } else {
      write(traceHeadLine({ atS: Number(atS.toFixed(6)), ...inForce }))
    }
  }

  #countersOf(id: string): DiskCounters {
    const known = this.#disks.get(id)
    if (known !== undefined) return known
    const counters = new DiskCounters()
    this.#disks.set(id, counters)
    return counters
  }
}
