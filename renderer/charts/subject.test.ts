import { expect, test } from 'vitest'
import { addDevice, addGroup } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { parseSubject, resolveSubject, subjectKey } from './subject.ts'
import type { Subject } from './timeline-view.ts'

const workspace = addDevice(addGroup(EMPTY_WORKSPACE, 'gold'), 'gold', 'db')

function resolve(subject: Subject, group: string | null, device: string | null): string {
  return subjectKey(resolveSubject(subject, workspace, { group, device }))
}

test('the selection is followed: its device, else its group, else all', () => {
  const selection: Subject = { kind: 'selection' }
  expect([
    resolve(selection, 'gold', 'db'),
    resolve(selection, 'gold', null),
    resolve(selection, null, null),
    resolve(selection, 'gone', 'gone'),
  ]).toEqual(['device db', 'group gold', 'all', 'all'])
})

test('a choice stays whatever is selected, until it is gone', () => {
  expect(resolve({ kind: 'group', name: 'gold' }, null, 'db')).toBe('group gold')
  expect(resolve({ kind: 'device', id: 'gone' }, 'gold', null)).toBe('group gold')
  expect(resolve({ kind: 'all' }, 'gold', 'db')).toBe('all')
})

test('a subject comes back from its text, spaces and all', () => {
  for (const subject of [
    { kind: 'group', name: 'a group b' },
    { kind: 'device', id: 'device' },
    { kind: 'all' },
  ] as const) {
    expect(parseSubject(subjectKey(subject))).toEqual(subject)
  }
})
