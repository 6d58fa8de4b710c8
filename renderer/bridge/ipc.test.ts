import { expect, test } from 'vitest'
import { useUi } from '../store/ui.ts'
import { issuesLine, report } from './ipc.ts'

const issue = (path: string) => ({ path, code: 'x', message: 'must be at least 0; use 100' })
const shown = () => useUi.getState().notices.map(({ message, advice }) => `${message} ${advice}`)

test('an issue is told with its place, and how many more there are', () => {
  expect(issuesLine([])).toBe('')
  expect(issuesLine([issue('groups.gold.iops-total')])).toBe('groups.gold.iops-total: must be at least 0; use 100')
  expect(issuesLine([issue('a'), issue('b'), issue('c')])).toMatch(/^a: .* \(and 2 more\)$/)
})

test('a refusal goes with the next success about the same thing, and only then', () => {
  report({ ok: false, message: 'disks.weir.json is not valid.', issues: [issue('groups')] }, 'document')
  report({ ok: true }, 'run')
  expect(shown()).toEqual(['disks.weir.json is not valid. groups: must be at least 0; use 100'])
  report({ ok: false, message: 'other.weir.json is not valid.', issues: [] }, 'document')
  expect(shown()).toEqual(['other.weir.json is not valid. '])
  report({ ok: true }, 'document')
  expect(shown()).toEqual([])
})
