import { expect, test } from 'vitest'
import type { Loss } from '#shared/formats/format.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { countsOf, foundGroups, readSummary, readText } from './import-model.ts'

const parsed = parseWorkspace({
  format: 'weir-workspace/1',
  groups: { gold: { 'iops-total': 1000 }, empty: {} },
  devices: [
    { id: 'db', group: 'gold', workload: { kind: 'synthetic', iodepth: 8 } },
    { id: 'free', workload: { kind: 'trace', path: 'a.csv' } },
  ],
})
if (!parsed.ok) throw new Error('the sample is a workspace')
const WORKSPACE = parsed.value

const QMP = '{"execute":"object-add","arguments":{"qom-type":"throttle-group","id":"g","limits":{"iops-total":5}}}'

test.each([
  ['  \n', 'auto', 'nothing'],
  ['hello, this is a letter', 'auto', 'unknown'],
  [QMP, 'nobody', 'unknown'],
  [QMP, 'auto', 'read qmp'],
  [QMP, 'qmp', 'read qmp'],
  ['{"execute":', 'qmp', 'refused qmp'],
  ['{"format":"weir-workspace/1","groups":{},"devices":[]}', 'auto', 'read weir'],
  ['{"format":"weir-workspace/1"}', 'auto', 'refused weir'],
])('reading %j as %s: %s', (text, choice, expected) => {
  const reading = readText({ text, choice, fileName: null, machine: null })
  expect('format' in reading ? `${reading.kind} ${reading.format}` : reading.kind).toBe(expected)
})

test('a text about several machines is read once one is chosen', () => {
  const text = 'qm set 101 --scsi0 a:b,iops=5\nqm set 102 --scsi0 a:c,iops=7\n'
  const about = { text, choice: 'auto', fileName: null }
  expect(readText({ ...about, machine: null })).toEqual({
    kind: 'several',
    format: 'proxmox',
    machines: [
      { name: '101', about: 'scsi0 (IOPS 5)' },
      { name: '102', about: 'scsi0 (IOPS 7)' },
    ],
  })
  expect(readText({ ...about, machine: '102' })).toMatchObject({
    kind: 'read',
    imported: { workspace: { groups: { scsi0: { 'iops-total': 7 } } }, machines: [{ name: '101' }, { name: '102' }] },
  })
})

test('what was found is told group by group, the free devices last', () => {
  expect(foundGroups(WORKSPACE, 'binary')).toEqual([
    { name: 'gold', limits: 'IOPS 1\u2009000', devices: [{ id: 'db', load: 'rand 4k 70/30 qd8' }] },
    { name: 'empty', limits: 'no limits', devices: [] },
    { name: null, limits: 'no limits', devices: [{ id: 'free', load: 'trace a.csv' }] },
  ])
  expect(countsOf(WORKSPACE)).toBe('2 groups, 2 devices')
})

test('the summary speaks of understanding', () => {
  const loss = (kind: Loss['kind']): Loss => ({ path: '', kind, message: '' })
  expect([[], [loss('renamed')], [loss('dropped'), loss('renamed')]].map((each) => readSummary(each).sentence)).toEqual(
    [
      'Everything was understood',
      'Everything was understood; some of it is expressed differently',
      '1 thing was not understood or left out',
    ],
  )
})
