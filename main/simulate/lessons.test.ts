import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { assert } from '#shared/assert.ts'
import { canBeDone, LESSONS, type LessonId, type LessonScene, withStepsDone } from '#shared/lessons/lessons.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { Simulation } from './simulation.ts'

// Each lesson, done step by step in the simulator: what it says must come true, and not before its step is done.

const EXAMPLES = path.join(import.meta.dirname, '../../examples')

function exampleOf(id: LessonId): Workspace {
  const parsed = parseWorkspaceText(readFileSync(path.join(EXAMPLES, `${LESSONS[id].example}.weir.json`), 'utf8'))
  assert(parsed.ok, 'the example of a lesson is valid')
  return parsed.value
}

/** Whether `check` holds at some moment of the first minute, looked at ten times a second. */
function comesTrue(workspace: Workspace, check: (scene: LessonScene) => boolean): boolean {
  const simulation = new Simulation({ workspace })
  for (let tenth = 1; tenth <= 600; tenth += 1) {
    simulation.advance((tenth * NS_PER_S) / 10)
    const snapshot = simulation.snapshot('running')
    if (check({ workspace, snapshot, selectedDevices: ['batch-etl'], isExporting: true })) return true
  }
  return false
}

/** After `seconds` of virtual time. */
function after(workspace: Workspace, seconds: number): Snapshot {
  const simulation = new Simulation({ workspace })
  simulation.advance((seconds - 1) * NS_PER_S)
  simulation.snapshot('running')
  simulation.advance(seconds * NS_PER_S)
  return simulation.snapshot('running')
}

function iopsOf(snapshot: Snapshot, id: string): number {
  const device = snapshot.devices[id]
  assert(device !== undefined, 'the device is in the snapshot')
  return device.read.iops + device.write.iops
}

const STEPS = Object.values(LESSONS).flatMap((lesson) =>
  lesson.steps.map((step, index) => ({ name: `${lesson.id}: ${step.id}`, lesson, step, index })),
)

describe.each(STEPS)('$name', ({ lesson, step, index }) => {
  const before = withStepsDone(exampleOf(lesson.id), lesson, index)

  test('is noticed when it is done', () => {
    expect(canBeDone(step, before)).toBe(true)
    expect(comesTrue(step.make?.(before) ?? before, step.isDone)).toBe(true)
  })

  test.runIf(step.make !== undefined)('is not noticed before it is done', () => {
    expect(comesTrue(before, step.isDone)).toBe(false)
  })
})

test('without the noisy disk the database gets a fifth more at least', () => {
  const lesson = LESSONS['noisy-neighbour']
  const workspace = exampleOf(lesson.id)
  const shared = iopsOf(after(workspace, 40), 'db-primary')
  const alone = iopsOf(after(withStepsDone(workspace, lesson, 4), 40), 'db-primary')
  expect(alone / shared).toBeGreaterThan(1.2)
})

test('below its own limit etl waits there; raised, it is held by the cap and leaves the database its 250', () => {
  const lesson = LESSONS['disk-under-vm']
  const own = after(withStepsDone(exampleOf(lesson.id), lesson, 3), 40)
  expect(iopsOf(own, 'etl')).toBeCloseTo(200, -1)
  expect(iopsOf(own, 'db')).toBeCloseTo(250, -1)
  const capped = after(withStepsDone(exampleOf(lesson.id), lesson, 4), 40)
  expect(iopsOf(capped, 'etl')).toBeCloseTo(590, -2)
  expect(iopsOf(capped, 'db')).toBeCloseTo(250, -1)
})

test('a step whose group or device is gone cannot be done', () => {
  const [, , , move] = LESSONS['noisy-neighbour'].steps
  assert(move !== undefined, 'the lesson has the step')
  const workspace = exampleOf('noisy-neighbour')
  const { bulk: _bulk, ...groups } = workspace.groups
  expect(canBeDone(move, { ...workspace, groups })).toBe(false)
  expect(canBeDone(move, { ...workspace, devices: [] })).toBe(false)
})
