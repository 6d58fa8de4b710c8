import type { Measured } from './measured.ts'
import type { Spread } from './numbers.ts'

// What is asked of Weir, each as a ratio against something that was measured in the same run, round by round: by itself a
// figure says more of the machine and of the hour than of Weir.

export interface GoalRow {
  readonly name: string
  /** What it is measured against. */
  readonly beside: string
  readonly needs: { readonly atLeast: number } | { readonly atMost: number }
  /** null: one side is absent, or was left out of a brief run. */
  readonly ratio: Spread | null
  /** By the median of the rounds; null: not measured, or lost in the noise. */
  readonly isMet: boolean | null
}

type Goal = Omit<GoalRow, 'isMet'>

export function goalRows(measured: Measured): readonly GoalRow[] {
  const goals = [...pathGoals(measured), ...throttleGoals(measured), ...otherGoals(measured)]
  return goals.map((goal) => ({ ...goal, isMet: isMet(goal) }))
}

function isMet({ needs, ratio }: Goal): boolean | null {
  // What is added is a difference of two times: below zero it is noise, and so is its share of anything.
  if (ratio === null || ratio.least < 0) return null
  return 'atLeast' in needs ? ratio.median >= needs.atLeast : ratio.median <= needs.atMost
}

function pathGoals({ unthrottled, depth }: Measured): readonly Goal[] {
  const names = ['randread cached', 'randwrite cached', 'randread direct', 'randwrite direct']
  const ofDepth = (rw: 'randread' | 'randwrite'): Goal => ({
    name: `${rw} direct at depth 16, requests a second`,
    beside: 'fio io_uring',
    needs: { atLeast: 0.8 },
    ratio: depth.find((row) => row.rw === rw && row.iodepth === 16)?.vsUring ?? null,
  })
  const oneAtATime = names.map((name) => ({
    name: `${name}, requests a second`,
    beside: 'fio psync',
    needs: { atLeast: 0.9 },
    ratio: unthrottled.find((row) => row.name === name)?.ratio ?? null,
  }))
  return [...oneAtATime, ofDepth('randread'), ofDepth('randwrite')]
}

function throttleGoals({ cost, levels, scaling }: Measured): readonly Goal[] {
  const besideQemu = { beside: 'what QEMU’s filter adds', needs: { atMost: 1 } }
  const shared = (iothreads: number): Goal => ({
    name: `one group on ${iothreads} iothreads, requests a second`,
    beside: 'a group each',
    needs: { atLeast: 0.9 },
    ratio: scaling.find((row) => row.iothreads === iothreads)?.kept ?? null,
  })
  return [
    { name: 'ns that a throttle adds, depth 16', ...besideQemu, ratio: cost.vsQemuOne },
    { name: 'the same, two iothreads on one group', ...besideQemu, ratio: cost.vsQemuTwo },
    { name: 'ns that a second level adds, depth 16', ...secondLevel, ratio: levels[0]?.ofRounds ?? null },
    { name: 'ns that a second level adds, depth 1', ...secondLevel, ratio: levels[1]?.ofRounds ?? null },
    { name: 'rate under a limit that never binds, depth 16', ...noLimit, ratio: cost.weir[0]?.kept ?? null },
    { name: 'the same, two iothreads on one group', ...noLimit, ratio: cost.weir[1]?.kept ?? null },
    shared(2),
    shared(4),
  ]
}

const secondLevel = { beside: 'what the first adds', needs: { atMost: 1.5 } }
const noLimit = { beside: 'without a group', needs: { atLeast: 0.9 } }

function otherGoals({ idle, simulation, frontier }: Measured): readonly Goal[] {
  const simulator = (groups: number, members: number): Goal => ({
    name: `simulator, ${groups} × ${members} members, requests a second`,
    beside: 'a twin in C',
    needs: { atLeast: 0.5 },
    ratio: simulation.find((row) => row.groups === groups && row.members === members)?.vsTwin ?? null,
  })
  return [
    {
      name: 'processor time of 100 devices at 10 IOPS',
      beside: 'two threads that wake as often',
      needs: { atMost: 1.5 },
      ratio: idle?.vsBare ?? null,
    },
    simulator(1, 4),
    simulator(100, 10),
    {
      name: 'time of all curves at 200 rates',
      beside: 'a plain loop per rate',
      needs: { atMost: 1 },
      ratio: frontier.vsPlainLoop,
    },
  ]
}
