import { beforeEach, expect, test } from 'vitest'
import { addGroup } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { useChoose } from '../store/choose.ts'
import { selectGroup } from '../store/ui.ts'
import { edit } from '../store/workspace.ts'
import { paletteEntries } from './entries.tsx'

beforeEach(() => edit('Add group', () => addGroup(EMPTY_WORKSPACE, 'gold')))

const choices = () => paletteEntries().filter(({ label }) => label.startsWith('Choose the limits'))

test('the limits of the selected group can be chosen from anywhere', () => {
  expect(choices()).toEqual([])
  selectGroup('gold')
  expect(choices().map(({ label }) => label)).toEqual(['Choose the limits of gold'])
  choices()[0]?.run()
  expect(useChoose.getState()).toMatchObject({ open: true, source: { kind: 'group', group: 'gold' } })
  edit('Remove group', () => EMPTY_WORKSPACE)
  expect(choices()).toEqual([])
})
