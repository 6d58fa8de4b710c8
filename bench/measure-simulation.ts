import { Simulation } from '#main/simulate/simulation.ts'
import { median, ratioSpread, type Spread } from './numbers.ts'
import { simjsRate } from './peer-simjs.ts'
import { crowded } from './simulate-loads.ts'
import { buildTwin, checkTwin, type Twin, twinRate } from './twin.ts'

export interface SimulationRow {
  readonly groups: number
  readonly members: number
  /** Simulated requests per second of wall time; ours with statistics, simjs without. */
  readonly weir: number
  readonly simjs: number
  /** Weir's rate over that of simjs. */
  readonly vsSimjs: Spread
  /** The same rules in C; null: there is no compiler. */
  readonly twin: number | null
  /** Weir's rate over the twin's. */
  readonly vsTwin: Spread | null
}

export interface SimulationRows {
  readonly rows: readonly SimulationRow[]
  /** Why there is no twin; null: there is one, and it counts what Weir counts. */
  readonly noTwin: string | null
}

export interface SimulationOptions {
  readonly rounds: number
  readonly wallMs: number
  /** Only what the ratios need. */
  readonly isBrief?: boolean
}

/** V8 compiles as it goes; a prediction that is worth measuring takes longer than that. */
const WARM_UP_MS = 500

/** One core, the simulators in turn, medians. */
export function measureSimulation(root: string, { isBrief = false, ...options }: SimulationOptions): SimulationRows {
  const twin = buildTwin(root)
  const has = typeof twin === 'string' ? null : twin
  try {
    const sizes: readonly (readonly [number, number])[] = isBrief
      ? [[1, 4]]
      : [
          [1, 4],
          [100, 10],
        ]
    const rows = sizes.map(([groups, members]) => measure(groups, members, has, options))
    return { rows, noTwin: typeof twin === 'string' ? twin : null }
  } finally {
    has?.remove()
  }
}

function measure(
  groups: number,
  members: number,
  twin: Twin | null,
  { rounds, wallMs }: SimulationOptions,
): SimulationRow {
  const [weir, simjs, inC]: [number[], number[], number[]] = [[], [], []]
  if (twin !== null) checkTwin(twin, groups, members)
  weirRate(groups, members, WARM_UP_MS)
  simjsRate(groups, members, WARM_UP_MS)
  for (let round = 0; round < rounds; round += 1) {
    weir.push(weirRate(groups, members, wallMs))
    simjs.push(simjsRate(groups, members, wallMs))
    if (twin !== null) inC.push(twinRate(twin, groups, members, wallMs))
  }
  return {
    ...{ groups, members, weir: median(weir), simjs: median(simjs) },
    vsSimjs: ratioSpread(weir, simjs)!,
    twin: twin === null ? null : median(inC),
    vsTwin: ratioSpread(weir, inC),
  }
}

function weirRate(groups: number, members: number, wallMs: number): number {
  const simulation = new Simulation({ workspace: crowded(groups, members) })
  const began = performance.now()
  let untilNs = 0
  while (performance.now() - began < wallMs) {
    untilNs += 1e9
    simulation.advance(untilNs)
  }
  return (simulation.requests * 1000) / (performance.now() - began)
}
