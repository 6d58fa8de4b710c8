import { expect, test } from 'vitest'
import { read, told } from './fixtures/read.ts'
import { guessFormat } from './formats.ts'

test('rows of one group: empty cells mean as above, others that differ are a loss', () => {
  const text = `device,group,iops-total,iops-size,bps-total
db,gold,500,4096,
log,gold,,,
tmp,gold,700,4096,
new,gold,,,10
`
  expect(told(read('csv', text))).toMatchObject({
    devices: ['db in gold {}', 'log in gold {}', 'tmp in gold {}', 'new in gold {}'],
    groups: { gold: { 'iops-total': 700, 'iops-size': 4096, 'bps-total': 10 } },
    losses: ['row 4: dropped: gold: iops-total is set twice; the last one counts: 700 replaces 500'],
  })
})

test('a column that stands twice and a style that is none are losses', () => {
  const text = 'device,group,iops-total,iops-total,style\ndb,gold,500,600,Legacy\n'
  expect(told(read('csv', text))).toMatchObject({
    devices: ['db in gold {}'],
    groups: { gold: { 'iops-total': 600 } },
    losses: [
      'line 1: not-understood: "iops-total" is a column already; the last one counts',
      'row 2 style: not-understood: "Legacy" is not valid; use legacy or filter',
    ],
  })
})

test.each([';', '\t'])('cells parted by %j are read as those parted by commas', (separator) => {
  const text = ['device,group,iops-total,drive', 'db,gold,500,"a""b"', 'log,gold,,']
    .join('\r\n')
    .replaceAll(',', separator)
  expect(guessFormat(text)).toMatchObject({ ok: true, value: { id: 'csv' } })
  expect(told(read('csv', text))).toMatchObject({
    devices: ['db in gold {"drive":"a\\"b"}', 'log in gold {}'],
    groups: { gold: { 'iops-total': 500 } },
    losses: [],
  })
})
