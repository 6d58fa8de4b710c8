import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { type Json, measured, nullDevice, type Place, pass, withLab } from './lab-run.ts'

// 6. What a hundred slow devices cost. 7. A thousand devices in a hundred groups: memory, and the main process at 10 Hz.

export interface IdleRow {
  readonly devices: number
  readonly iops: number
  /** Of one core, all threads of the process together. */
  readonly cpuShare: number
}

export async function measureIdle(place: Place, seconds: number): Promise<IdleRow> {
  const names = Array.from({ length: 100 }, (_, index) => `d${index}`)
  const workspace = {
    iothreads: 2,
    groups: Object.fromEntries(names.map((name) => [name, { 'iops-total': 10 }])),
    devices: names.map((name) => nullDevice(name, name, { iodepth: 4 })),
  }
  return withLab(place, workspace, async (lab) => {
    lab.setSamplePeriod(100)
    await pass(500)
    const before = process.cpuUsage()
    const window = await measured(lab, 0, seconds)
    const { user, system } = process.cpuUsage(before)
    return {
      devices: names.length,
      iops: window.total / window.seconds,
      cpuShare: (user + system) / 1e6 / window.seconds,
    }
  })
}

export interface ManyRow {
  readonly devices: number
  readonly groups: number
  readonly iops: number
  readonly residentMiB: number
  /** Of one core, by the main process's own thread: sampling and handing out snapshots. */
  readonly mainShare: number
  readonly snapshotMs: number
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
    await pass(1500)
    snapshots = 0
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const loop = performance.eventLoopUtilization()
    const window = await measured(lab, 0, seconds)
    const { active } = performance.eventLoopUtilization(loop)
    delay.disable()
    return {
      devices: devices.length,
      groups: groups.length,
      iops: window.total / window.seconds,
      residentMiB: process.memoryUsage.rss() / 1024 / 1024,
      mainShare: active / 1000 / window.seconds,
      snapshotMs: active / snapshots,
      worstBlockMs: delay.max / 1e6,
    }
  })
}
