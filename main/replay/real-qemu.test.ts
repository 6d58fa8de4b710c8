import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { missingFrozenQemu } from '#main/qmp/testing/frozen-qemu.ts'
import { compareWithQemu } from '#main/qmp/testing/qemu-run.ts'
import { parsed, scenarioArbitrary } from './testing/random-scenarios.ts'

// Fresh random scenarios against the QEMU that is installed here. WEIR_SEED repeats a run, WEIR_SCENARIOS makes it longer.

const SEED = Number(process.env.WEIR_SEED ?? Date.now() % 2 ** 31)
const SCENARIOS = Number(process.env.WEIR_SCENARIOS ?? 4)

const absent = missingFrozenQemu()
describe.skipIf(absent !== null)(`a real QEMU on a clock of ours, seed ${SEED} ${absent ?? ''}`, () => {
  for (const style of ['legacy', 'filter', 'chain'] as const) {
    const scenarios = fc.sample(scenarioArbitrary({ reconfigure: true, style }), { seed: SEED, numRuns: SCENARIOS })
    test.each(scenarios.map((scenario, index) => [index, scenario] as const))(
      `${style} scenario %d has QEMU's completions, order, answers and views`,
      { timeout: 60_000 + SCENARIOS * 1000 },
      async (_index, scenario) => {
        expect(await compareWithQemu(parsed(scenario)), JSON.stringify(scenario)).toEqual([])
      },
    )
  }
})
