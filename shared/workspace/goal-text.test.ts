import { expect, test } from 'vitest'
import { formatIssue } from '../issue.ts'
import { goalsOf, setGoals } from './goal-edits.ts'
import { goalText, parseGoalText } from './goal-text.ts'
import { parseWorkspace } from './parse.ts'
import { EMPTY_WORKSPACE, type Goal, type Workspace } from './workspace.ts'

function parsed(text: string): unknown {
  const goal = parseGoalText(text, 'db')
  return goal.ok ? [goal.value.percentile, goal.value.waitMs] : goal.issues.map(formatIssue).join('\n')
}

test.each([
  ['p99 ≤ 50 ms', 99, 50],
  ['db: wait p99 ≤ 50 ms', 99, 50],
  ['p50<=1.5s', 50, 1500],
  ['WAIT P95 < 0,25 ms', 95, 0.25],
  ['longest wait ≤ 1 min', 100, 60_000],
  ['longest 2s', 100, 2000],
  ['50ms', 99, 50],
  ['p99 ≤ 0 ms', 99, 0],
])('%s is a goal', (text, percentile, waitMs) => {
  expect(parsed(text)).toEqual([percentile, waitMs])
})

test.each([
  ['soon', '"soon" is not a goal; use p99 ≤ 50 ms, or longest wait ≤ 1 s'],
  ['', '"" is not a goal; use p99 ≤ 50 ms, or longest wait ≤ 1 s'],
  ['web: p99 ≤ 5 ms', '"web: p99 ≤ 5 ms" is not a goal; use p99 ≤ 50 ms, or longest wait ≤ 1 s'],
  ['p99 ≤ 50', 'waitMs: 50 has no unit; use 50 ms or 50 s'],
  ['p99 ≤ 5 MB', '"p99 ≤ 5 MB" is not a goal; use p99 ≤ 50 ms, or longest wait ≤ 1 s'],
])('%s is none, and says what would be right', (text, message) => {
  expect(parsed(text)).toBe(message)
})

test.each([
  ['p98 ≤ 5 ms', { percentile: 98, waitMs: 5 }],
  ['p99 ≤ 2 h', { percentile: 99, waitMs: 7_200_000 }],
])('%s is refused in the words of the workspace', (text, goal) => {
  const file = parseWorkspace({
    format: 'weir-workspace/1',
    groups: {},
    devices: [{ id: 'db', group: null, disk: { kind: 'null' }, workload: { kind: 'idle' } }],
    goals: [{ device: 'db', ...goal }],
  })
  if (file.ok) throw new Error('no workspace has this goal')
  expect(`goals[0].${parsed(text)}`).toBe(formatIssue(file.issues[0]!))
})

test('a goal is shown as it is typed, with every digit', () => {
  for (const [percentile, waitMs] of [
    [99, 50],
    [100, 60_000],
    [95, 1234.5],
  ] as const) {
    expect(parsed(goalText({ device: 'db', percentile, waitMs }))).toEqual([percentile, waitMs])
  }
})

test('the goals of a device are replaced where they stood, and no goal leaves no list', () => {
  const goal = (device: string, waitMs: number): Goal => ({ device, percentile: 99, waitMs })
  const workspace: Workspace = { ...EMPTY_WORKSPACE, goals: [goal('a', 1), goal('b', 2), goal('a', 3), goal('c', 4)] }
  expect(goalsOf(workspace, 'a')).toEqual([goal('a', 1), goal('a', 3)])
  expect(setGoals(workspace, 'b', [goal('b', 9), goal('b', 8)]).goals).toEqual([
    goal('a', 1),
    goal('b', 9),
    goal('b', 8),
    goal('a', 3),
    goal('c', 4),
  ])
  expect(setGoals(workspace, 'd', [goal('d', 5)]).goals?.at(-1)).toEqual(goal('d', 5))
  expect(setGoals(workspace, 'a', goalsOf(workspace, 'a')).goals).toEqual([
    goal('a', 1),
    goal('a', 3),
    goal('b', 2),
    goal('c', 4),
  ])
  expect(setGoals(EMPTY_WORKSPACE, 'a', [])).toBe(EMPTY_WORKSPACE)
  expect('goals' in setGoals({ ...EMPTY_WORKSPACE, goals: [goal('a', 1)] }, 'a', [])).toBe(false)
})
