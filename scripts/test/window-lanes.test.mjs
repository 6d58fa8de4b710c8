import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../setup/paths.mjs'
import { filesWithQemu, laneSteps } from './window-lanes.mjs'

const everyFile = fs.readdirSync(path.join(ROOT, 'e2e')).filter((name) => name.endsWith('.test.ts'))

test('every end-to-end file runs once, whatever the number of processors', () => {
  const expected = everyFile.map((name) => `e2e/${name}`).sort()
  for (const processors of [1, 2, 8]) expect(laneSteps({ processors }).flat(2).sort()).toEqual(expected)
})

test('two lanes where there are two processors, and what measures runs alone', () => {
  const [beside, alone] = laneSteps({ processors: 2 })
  expect(beside).toHaveLength(2)
  expect(alone).toHaveLength(1)
  expect(alone[0]).toContain('e2e/board-speed.test.ts')
  expect(laneSteps({ processors: 1 })[0]).toHaveLength(1)
})

test('files that attach to a QEMU run by themselves once more, those that measure its rates alone', () => {
  const steps = laneSteps({ processors: 2, only: filesWithQemu() })
  expect(steps.flat(2).sort()).toEqual([...filesWithQemu()].sort())
  expect(steps.at(-1)).toEqual([expect.arrayContaining(['e2e/qemu.test.ts', 'e2e/host.test.ts'])])
  expect(laneSteps({ processors: 2, only: ['e2e/qemu.test.ts'] })).toEqual([[['e2e/qemu.test.ts']]])
})
