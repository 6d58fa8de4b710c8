import { expect, test } from 'vitest'
import { read, told } from './fixtures/read.ts'
import { formatLoss } from './format.ts'
import { guessFormat } from './formats.ts'

test('rows of one group: no limits mean as above, cells that differ or were emptied are a loss', () => {
  const text = `device,group,iops-total,iops-size,bps-total
db,gold,500,4096,
log,gold,,,
tmp,gold,700,4096,
new,gold,,,10
bad,gold,x,4096,10
off,gold,0,4096,10
`
  expect(told(read('csv', text))).toMatchObject({
    devices: [
      'db in gold {}',
      'log in gold {}',
      'tmp in gold {}',
      'new in gold {}',
      'bad in gold {}',
      'off in gold {}',
    ],
    groups: { gold: { 'bps-total': 10 } },
    losses: [
      'row 4: dropped: gold: iops-total is set twice; the last one counts: 700 replaces 500',
      'row 5: dropped: gold: iops-total is empty here and 700 above; 700 is kept',
      'row 5: dropped: gold: iops-size is empty here and 4096 above; 4096 is kept',
      'row 6 iops-total: not-understood: "x" is not a whole number',
      'row 7: dropped: gold: iops-total: 700 is removed here',
      'groups.gold.iops-size: dropped: 4096 is left out: iops size requires an iops value to be set',
    ],
  })
})

test('a column that stands twice and a style that is none are losses', () => {
  const text = 'device,group,iops-total,iops-total,style\ndb,gold,500,600,Legacy\n'
  expect(told(read('csv', text))).toMatchObject({
    devices: ['db in gold {}'],
    groups: { gold: { 'iops-total': 600 } },
    losses: [
      'line 1: not-understood: column "iops-total" appears twice; the last one counts',
      'row 2 style: not-understood: "Legacy" is not valid; use legacy or filter',
    ],
  })
})

test('a cell beyond the heading is a loss, unless it is empty', () => {
  const { workspace, losses } = read('csv', 'device,group,iops-total\ndb,gold,500,,900\nlog,gold,500,,\n')
  expect(workspace.groups).toEqual({ gold: { 'iops-total': 500 } })
  expect(losses.map(formatLoss)).toEqual(['row 2: not-understood: "900": no column has a name here; left out'])
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

test.each([';', ',', '\t'])('what stands above the heading does no harm to cells parted by %j', (separator) => {
  const table = ['device,group,iops-total,x', 'db,gold,500,'].join('\r\n').replaceAll(',', separator)
  for (const [above, line] of [
    ['\uFEFF\r\n', 2],
    [' \n\n', 3],
    [`\uFEFFsep=${separator}\r\n`, 2],
  ] as const) {
    expect(guessFormat(above + table)).toMatchObject({ ok: true, value: { id: 'csv' } })
    expect(told(read('csv', above + table))).toMatchObject({
      devices: ['db in gold {}'],
      groups: { gold: { 'iops-total': 500 } },
      losses: [`line ${line}: not-understood: "x" is not a column that Weir knows`],
    })
  }
})
