import { Simulation } from '#main/simulate/simulation.ts'
import { median } from './numbers.ts'
import { crowded } from './simulate-loads.ts'

/** Simulated requests per second of wall time with 1 group of 4 members, and 100 of 10. */
export function measureSimulation(rounds: number, wallMs: number): { readonly one: number; readonly many: number } {
  const rate = (groups: number, members: number) =>
    median(Array.from({ length: rounds }, () => simulate(groups, members, wallMs)))
  return { one: rate(1, 4), many: rate(100, 10) }
}

function simulate(groups: number, members: number, wallMs: number): number {
  const simulation = new Simulation({ workspace: crowded(groups, members) })
  const began = performance.now()
  let untilNs = 0
  while (performance.now() - began < wallMs) {
    untilNs += 1e9
    simulation.advance(untilNs)
  }
  return (simulation.requests * 1000) / (performance.now() - began)
}
