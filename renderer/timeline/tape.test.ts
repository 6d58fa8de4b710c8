import { beforeEach, expect, test } from 'vitest'
import { moveDevices, setLimit, setWorkload } from '#shared/workspace/edits.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import { edit, redo, replaceWorkspace, undo, useWorkspace } from '../store/workspace.ts'
import { countCommands, tapeOf, tapeText } from './tape.ts'

function workspace(): Workspace {
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: { gold: { 'iops-total': 1000 }, bulk: {} },
    devices: ['db', 'log'].map((id) => ({ id, group: 'gold', qemu: { style: 'legacy' } })),
  })
  if (!parsed.ok) throw new Error(parsed.issues[0]?.message ?? '')
  return parsed.value
}

function tape() {
  const { past, workspace: now, future } = useWorkspace.getState()
  return tapeOf(past, now, future)
}

const raise = () => edit('IOPS limit of gold', (now) => setLimit(now, 'gold', 'iops-total', 1500))
const move = () => edit('Move db', (now) => moveDevices(now, ['db'], null))

beforeEach(() => replaceWorkspace(workspace()))

test('each step is its exact command', () => {
  raise()
  move()
  expect(tapeText(tape())).toMatchInlineSnapshot(`
    "{ "execute": "block_set_io_throttle", "arguments": { "device": "db", "group": "gold", "bps": 0, "bps_rd": 0, "bps_wr": 0, "iops": 1500, "iops_rd": 0, "iops_wr": 0 } }
    { "execute": "block_set_io_throttle", "arguments": { "device": "db", "bps": 0, "bps_rd": 0, "bps_wr": 0, "iops": 0, "iops_rd": 0, "iops_wr": 0 } }
    "
  `)
  expect(tape().map(({ label }) => label)).toEqual(['IOPS limit of gold', 'Move db'])
})

test('what is undone leaves the tape and stands behind it until it is done again', () => {
  raise()
  move()
  undo()
  expect(tape().map(({ label, isUndone }) => [label, isUndone])).toEqual([
    ['IOPS limit of gold', false],
    ['Move db', true],
  ])
  expect(countCommands(tape())).toBe(1)
  undo()
  expect(tapeText(tape())).toBe('')
  expect(tape().map(({ label }) => label)).toEqual(['IOPS limit of gold', 'Move db'])
  redo()
  redo()
  expect(countCommands(tape())).toBe(2)
})

test('a load is Weir’s own affair: no command, no entry', () => {
  edit('Load of db', (now) => setWorkload(now, 'db', IDLE))
  expect(tape()).toEqual([])
})

test('what the commands take for granted is said with them', () => {
  replaceWorkspace({ ...workspace(), devices: workspace().devices.map((device) => ({ ...device, qemu: {} })) })
  move()
  expect(tape()[0]?.remarks.join(' ')).toContain('db-throttle can go only when no disk is attached to it')
})
