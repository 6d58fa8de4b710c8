import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { missingFrozenQemu } from '#main/qmp/testing/frozen-qemu.ts'
import { compareWithQemu, QemuAborted } from '#main/qmp/testing/qemu-run.ts'
import { parsed, scenarioArbitrary } from './testing/random-scenarios.ts'

// Fresh random scenarios against the QEMU that is installed here. WEIR_SEED repeats a run, WEIR_SCENARIOS makes it longer.

const SEED = Number(process.env.WEIR_SEED ?? Date.now() % 2 ** 31)
const SCENARIOS = Number(process.env.WEIR_SCENARIOS ?? 4)

/**
 * Of a chain, QEMU's drain can wait for a request whose timer a clock that stands still never fires
 * (twice-in-a-group.test.ts), and QEMU 11.1 fails an assertion of its own when the outer of two levels in one group leaves it
 * while requests wait (throttle_group_unregister_tgm; with a real clock too, so plans refuse that): there is no answer to
 * compare with then. Both are rare.
 */
function whyNoAnswer(error: unknown, style: string): string {
  if (style === 'chain' && error instanceof QemuAborted) return `QEMU gave itself up: ${error.message}`
  if (style !== 'chain' || !(error instanceof EngineError) || error.code !== 'qmp-timeout') throw error
  return `QEMU's drain waits for the clock of the test: ${error.message}`
}

const absent = missingFrozenQemu()
describe.skipIf(absent !== null)(`a real QEMU on a clock of ours, seed ${SEED} ${absent ?? ''}`, () => {
  for (const style of ['legacy', 'filter', 'chain'] as const) {
    const scenarios = fc.sample(scenarioArbitrary({ reconfigure: true, style }), { seed: SEED, numRuns: SCENARIOS })
    test.for(scenarios.map((scenario, index) => ({ scenario, index: String(index) })))(
      `${style} scenario $index has QEMU's completions, order, answers and views`,
      { timeout: 60_000 + SCENARIOS * 1000 },
      async ({ scenario }, context) => {
        const differences = await compareWithQemu(parsed(scenario)).catch((error) => whyNoAnswer(error, style))
        if (typeof differences === 'string') context.skip(differences)
        expect(differences, JSON.stringify(scenario)).toEqual([])
      },
    )
  }
})
