import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { replay } from './replay.ts'
import type { ReplayAnswer } from './replay-answer.ts'
import { parseScenario } from './scenario.ts'

// 97 scenarios with the answers of a real QEMU 7.2.22, recorded in virtual time, exact to the nanosecond.

const FOLDER = new URL('./fixtures/vectors/', import.meta.url)
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

interface Vector {
  readonly scenario: { readonly backend: string }
  readonly expected: ReplayAnswer
}

/** null-aio's bottom halves run last in, first out: within one ns only the set is QEMU's throttle's doing. */
function sortedWithinNs(order: ReplayAnswer['order']): ReplayAnswer['order'] {
  return [...order].sort((a, b) => a[0] - b[0] || JSON.stringify(a).localeCompare(JSON.stringify(b)))
}

test('all recorded scenarios are there', () => {
  expect(FILES).toHaveLength(97)
})

describe('replay answers as QEMU did', () => {
  test.each(FILES)('%s', (file) => {
    const vector = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Vector
    const scenario = parseScenario(vector)
    if (!scenario.ok) throw new Error(JSON.stringify(scenario.issues))
    const answer = replay(scenario.value)
    if (vector.scenario.backend === 'null-aio') {
      expect({ ...answer, order: sortedWithinNs(answer.order) }).toStrictEqual({
        ...vector.expected,
        order: sortedWithinNs(vector.expected.order),
      })
    } else {
      expect(answer).toStrictEqual(vector.expected)
    }
  })
})
