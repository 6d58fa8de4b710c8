import fs from 'node:fs'
import { performance } from 'node:perf_hooks'
import { bareCount } from './bare.ts'
import { type Json, measured, nullDevice, type Place, pass, withLab } from './lab-run.ts'
import { median, ratioSpread, type Spread } from './numbers.ts'

// 6. What a hundred slow devices cost. 7. A thousand devices in a hundred groups: memory, and the main process at 10 Hz.

export interface IdleRow {
  readonly devices: number
  readonly iops: number
  /** Of one core, all threads of the process together. */
  readonly cpuShare: number
  /** The same of two threads that do nothing but wake up once per request: a thousand times a second together. */
  readonly bareShare: number
  /** One over the other. */
  readonly vsBare: Spread
}

/** V8 compiles what runs seldom only after seconds; that is not the cost of idling. */
const WARM_UP_MS = 16_000

export async function measureIdle(
  place: Place,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<IdleRow> {
  const names = Array.from({ length: 100 }, (_, index) => `d${index}`)
  const workspace = {
    iothreads: 2,
    groups: Object.fromEntries(names.map((name) => [name, { 'iops-total': 10 }])),
    devices: names.map((name) => nullDevice(name, name, { iodepth: 4 })),
  }
  const bareShares = (): Promise<number> =>
    coreShare(seconds, async () => {
      const order = { kind: 'sleep', periodMs: 2, seconds } as const
      await Promise.all([bareCount(place, order), bareCount(place, order)])
    })
  return withLab(place, workspace, async (lab) => {
    lab.setSamplePeriod(100)
    await pass(WARM_UP_MS)
    const [iops, ours, bare]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < rounds; round += 1) {
      ours.push(
        await coreShare(seconds, async () => {
          const window = await measured(lab, 0, seconds)
          iops.push(window.total / window.seconds)
        }),
      )
      await lab.pause()
      bare.push(await bareShares())
      await lab.start()
      await pass(500)
    }
    return {
      ...{ devices: names.length, iops: median(iops), cpuShare: median(ours), bareShare: median(bare) },
      vsBare: ratioSpread(ours, bare)!, // there are rounds
    }
  })
}

/** The share of one core that the whole process takes while `during` runs, which takes `seconds`. */
async function coreShare(seconds: number, during: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await during()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6 / seconds
}

export interface ManyRow {
  readonly devices: number
  readonly groups: number
  readonly iops: number
  readonly residentMiB: number
  /** Of one core, by the main process's own thread: sampling and handing out snapshots. */
  readonly mainShare: number
  readonly snapshotMs: number
  /** Of processor time: how long the thread waits for a processor is the machine's. */
  readonly worstBlockMs: number
}

export async function measureMany(place: Place, seconds: number): Promise<ManyRow> {
  const groups = Array.from({ length: 100 }, (_, index) => `g${index}`)
  const devices = groups.flatMap((group): Json[] =>
    Array.from({ length: 10 }, (_, index) => nullDevice(`${group}-d${index}`, group, { iodepth: 4 })),
  )
  const limits = Object.fromEntries(groups.map((group) => [group, { 'iops-total': 1000 }]))
  return withLab(place, { iothreads: 2, groups: limits, devices }, async (lab) => {
    let snapshots = 0
    lab.onSnapshot(() => {
      snapshots += 1
    })
    lab.setSamplePeriod(100)
    await pass(WARM_UP_MS)
    snapshots = 0
    let activeMs = 0
    let worstBlockMs = 0
    // What putting the results together takes stands outside: that is done at a run's end.
    const window = await measured(lab, 0, seconds, async () => {
      const pieces = watchPieces()
      await pass(seconds * 1000)
      const { totalMs, longestMs } = pieces.end()
      activeMs = totalMs
      worstBlockMs = longestMs
    })
    return {
      devices: devices.length,
      groups: groups.length,
      iops: window.total / window.seconds,
      residentMiB: process.memoryUsage.rss() / 1024 / 1024,
      mainShare: activeMs / 1000 / window.seconds,
      snapshotMs: activeMs / snapshots,
      worstBlockMs,
    }
  })
}

/** Of the main thread's time: all of it, and the longest piece between two looks, of which there is one in each free moment. */
function watchPieces(): { end(): { readonly totalMs: number; readonly longestMs: number } } {
  const begunMs = mainThreadMs()
  let beforeMs = begunMs
  let longestMs = 0
  const look = () => {
    const nowMs = mainThreadMs()
    longestMs = Math.max(longestMs, nowMs - beforeMs)
    beforeMs = nowMs
  }
  const timer = setInterval(look, 1)
  return {
    end: () => {
      clearInterval(timer)
      look()
      return { totalMs: beforeMs - begunMs, longestMs }
    },
  }
}

/** Processor time of the main thread; where the system does not tell, the time in which it was not waiting. */
function mainThreadMs(): number {
  const stat = `/proc/self/task/${process.pid}/schedstat` // ns on a processor, ns waiting for one, times run
  if (fs.existsSync(stat)) return Number(fs.readFileSync(stat, 'utf8').split(' ')[0]) / 1e6
  return performance.eventLoopUtilization().active
}
