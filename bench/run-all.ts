import { existsSync } from 'node:fs'
import os from 'node:os'
import { type GoalRow, goalRows } from './goals.ts'
import { measureAccuracy, measureSlowMember } from './measure-accuracy.ts'
import { measureCost, measureLevels, measureScaling } from './measure-cost.ts'
import { measureFrontier } from './measure-frontier.ts'
import { measureHost } from './measure-host.ts'
import { measureIdle, measureMany } from './measure-many.ts'
import { measureSimulation } from './measure-simulation.ts'
import { measureStart } from './measure-start.ts'
import { type DepthRow, measureDepth, measureUnthrottled } from './measure-unthrottled.ts'
import type { Measured } from './measured.ts'
import { findPeers, type Peers } from './peers.ts'

export interface Report extends Measured {
  readonly format: 'weir-bench/1'
  readonly quick: boolean
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGiB: number
    readonly system: string
    readonly node: string
    /** Load of the machine before and after: above 1 per core others were at work, too. */
    readonly loadBefore: number
    readonly loadAfter: number
  }
  readonly peers: Peers
  /** The figures to go by; null: its peer is absent. */
  readonly ratios: {
    /** Weir's IOPS over fio's, 4 KiB, page cache. */
    readonly unthrottledVsFioRead: number | null
    readonly unthrottledVsFioWrite: number | null
    /** The least of Weir's IOPS over fio's io_uring at depth 16, O_DIRECT; null in a quick run, and without fio or O_DIRECT. */
    readonly depthVsFioUring: number | null
    /** ns that a throttle adds to a request, Weir's over QEMU's. */
    readonly throttleCostVsQemu: number | null
    /** ns that a second level adds to a request, over those that the first adds; neither binds. */
    readonly secondLevelVsFirst: number
    readonly worstRateError: number
    readonly worstFairness: number
    readonly slowMemberError: number
    readonly simulatedRequestsPerSecond: number
    /** 1 x 4 members; null: no compiler. */
    readonly simulationVsTwin: number | null
    /** Time of all curves at 200 rates over the time of one plain loop per rate. */
    readonly frontierVsPlainLoop: number
  }
  readonly goals: readonly GoalRow[]
}

export interface RunOptions {
  readonly root: string
  /** Where the built entries are. */
  readonly out: URL
  readonly isQuick: boolean
  readonly say: (line: string) => void
}

export async function runAll({ root, out, isQuick, say }: RunOptions): Promise<Report> {
  const place = { iothread: new URL('iothread.js', out), bare: new URL('bare.js', out) }
  const peers = findPeers()
  if (peers.fio === null) say('fio is not installed: its figures stay empty')
  if (peers.qemuImg === null) say('qemu-img is not installed: its figures stay empty')
  const loadBefore = os.loadavg()[0]!
  const step = async <T>(name: string, measure: () => Promise<T> | T): Promise<T> => {
    say(`${name} …`)
    return await measure()
  }
  const kinds = isQuick ? (['cached'] as const) : (['cached', 'direct'] as const)
  const rounds = 5
  const short = isQuick ? 0.25 : 2
  const unthrottled = await step('unthrottled, beside fio', () =>
    measureUnthrottled(place, peers, { rounds, seconds: isQuick ? 0.3 : 2, kinds, isBrief: isQuick }),
  )
  const depth = isQuick
    ? []
    : await step('disks with depth, beside fio', () => measureDepth(place, peers, { rounds, seconds: 1 }))
  const cost = await step('cost of a throttle, beside QEMU', () =>
    measureCost(place, peers, { rounds, seconds: short, isBrief: isQuick }),
  )
  const levels = await step('cost of a second level', () =>
    measureLevels(place, { rounds, seconds: short, isBrief: isQuick }),
  )
  const scaling = isQuick ? [] : await step('scaling', () => measureScaling(place, { rounds, seconds: 1 }))
  const rates = [10, 100, 1000, 10_000, 100_000]
  const accuracy = await step('accuracy', () =>
    measureAccuracy(place, isQuick ? { ...peers, qemuImg: null } : peers, {
      rounds: isQuick ? 3 : 5,
      seconds: isQuick ? 0.25 : 5,
      rates,
    }),
  )
  const slowMember = await step('a slow member', () =>
    measureSlowMember(place, { rounds: isQuick ? 1 : 5, seconds: isQuick ? 1 : 5, isBrief: isQuick }),
  )
  const idle = isQuick ? null : await step('a hundred slow devices', () => measureIdle(place, { rounds, seconds: 5 }))
  const many = isQuick ? null : await step('a thousand devices', () => measureMany(place, 5))
  const start = isQuick ? [] : await step('start', () => measureStart(root, out, rounds))
  const { rows: simulation, noTwin } = await step('simulation', () =>
    measureSimulation(root, isQuick ? { rounds: 3, wallMs: 400, isBrief: true } : { rounds: 5, wallMs: 2000 }),
  )
  const frontier = await step('frontier', () =>
    measureFrontier({ rates: 200, requests: isQuick ? 200_000 : 1_000_000, rounds: isQuick ? 3 : 5 }),
  )
  const host = isQuick ? null : await step('a host of 200 VMs', () => measureHost(root, out, { vms: 200, scrapes: 3 }))
  const measured: Measured = {
    ...{ unthrottled, depth, cost, levels, scaling, accuracy, slowMember, idle },
    ...{ many, start, simulation, noTwin, frontier, host },
  }
  return {
    format: 'weir-bench/1',
    quick: isQuick,
    machine: { ...machine(), loadBefore, loadAfter: os.loadavg()[0]! },
    peers,
    ratios: ratiosOf(measured),
    goals: goalRows(measured),
    ...measured,
  }
}

function ratiosOf({
  unthrottled,
  depth,
  cost,
  levels,
  accuracy,
  slowMember,
  simulation,
  frontier,
}: Measured): Report['ratios'] {
  return {
    unthrottledVsFioRead: unthrottled.find(({ name }) => name === 'randread cached')?.ratio?.median ?? null,
    unthrottledVsFioWrite: unthrottled.find(({ name }) => name === 'randwrite cached')?.ratio?.median ?? null,
    depthVsFioUring: leastAt16(depth),
    throttleCostVsQemu: cost.vsQemuOne?.median ?? null,
    secondLevelVsFirst: levels[0]!.secondVsFirst,
    worstRateError: Math.max(...accuracy.map((row) => row.error)),
    worstFairness: Math.min(...accuracy.map((row) => row.fairness)),
    slowMemberError: slowMember[0]!.error,
    simulatedRequestsPerSecond: simulation[0]!.weir,
    simulationVsTwin: simulation[0]!.vsTwin?.median ?? null,
    frontierVsPlainLoop: frontier.vsPlainLoop.median,
  }
}

function leastAt16(depth: readonly DepthRow[]): number | null {
  const ratios = depth.filter(({ iodepth }) => iodepth === 16).flatMap(({ vsUring }) => vsUring?.median ?? [])
  return ratios.length === 0 ? null : Math.min(...ratios)
}

function machine() {
  const cpus = os.cpus()
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}${existsSync('/.dockerenv') ? ' (container)' : ''}`,
    node: process.version,
  }
}
