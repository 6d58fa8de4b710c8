import { Simulation } from '#main/simulate/simulation.ts'
import { median } from './numbers.ts'
import { simjsRate } from './peer-simjs.ts'
import { crowded } from './simulate-loads.ts'

export interface SimulationRow {
  readonly groups: number
  readonly members: number
  /** Simulated requests per second of wall time; ours with statistics, simjs without. */
  readonly weir: number
  readonly simjs: number
}

export interface SimulationOptions {
  readonly rounds: number
  readonly wallMs: number
  /** Only what the ratios need. */
  readonly isBrief?: boolean
}

/** V8 compiles as it goes; a prediction that is worth measuring takes longer than that. */
const WARM_UP_MS = 500

/** One core, both simulators in turn, medians. */
export function measureSimulation({ isBrief = false, ...options }: SimulationOptions): readonly SimulationRow[] {
  return isBrief ? [measure(1, 4, options)] : [measure(1, 4, options), measure(100, 10, options)]
}

function measure(groups: number, members: number, { rounds, wallMs }: SimulationOptions): SimulationRow {
  const weir: number[] = []
  const simjs: number[] = []
  weirRate(groups, members, WARM_UP_MS)
  simjsRate(groups, members, WARM_UP_MS)
  for (let round = 0; round < rounds; round += 1) {
    weir.push(weirRate(groups, members, wallMs))
    simjs.push(simjsRate(groups, members, wallMs))
  }
  return { groups, members, weir: median(weir), simjs: median(simjs) }
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
