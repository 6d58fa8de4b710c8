import fc from 'fast-check'
import { expect, test } from 'vitest'
import { read } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'
import { type LatencyBin, latencyCell, parseLatencyCell } from './latency-cell.ts'

// How long requests took, from the recording's columns to the import's files.

const HEAD = '# weir-recording/1\n'
const PLAIN = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding\n'
const TIMED =
  'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding,read_latency,write_latency\n'

/** Bins from boundaries and counts, as of a histogram; those without a request are left out. */
const BINS = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 0, max: 1e9 })), { minLength: 1, maxLength: 61 })
  .map((steps): readonly LatencyBin[] => {
    let fromNs = 0
    const bins = steps.map(([widthNs, count], index) => {
      const toNs = index === steps.length - 1 ? null : fromNs + widthNs
      const bin = { fromNs, toNs, count }
      fromNs = toNs ?? fromNs
      return bin
    })
    return bins.filter(({ count }) => count > 0)
  })

test('bins of any histogram come back as they were written', () => {
  fc.assert(
    fc.property(BINS, (bins) => {
      expect(parseLatencyCell(latencyCell(bins))).toEqual(bins.length === 0 ? null : bins)
    }),
  )
})

test.each([
  'fast',
  '10-20',
  '10:3',
  '20-10:3',
  '10-20:0',
  '10-20:-1',
  '10-20:1.5',
  '10-20:3;20-30:1',
  '20-30:1 10-20:3', // not in order
  '10-20:3 15-30:1', // over one another
  '10-:3 20-30:1',
  '10-20:3  20-30:1',
])('%s is no latency', (cell) => {
  expect(parseLatencyCell(cell)).toBe('damaged')
})

test('the import keeps them, also of a recording in which they begin in the middle', () => {
  const text = `${HEAD}${PLAIN}0.000000,1.000000,a,b,1,512,0,0,,\n${TIMED}1.000000,2.000000,a,b,3,1536,1,512,0.5,1,100-200:2 400-:1,50-100:1\n2.000000,3.000000,a,b,1,512,0,0,,,,\n`
  const [file] = read('weir-recording', text).files
  expect(file?.text.split('\n').slice(1)).toEqual([
    TIMED.trim(),
    '0.000000,1.000000,a,b,1,512,0,0,,,,',
    '1.000000,2.000000,a,b,3,1536,1,512,0.5,1,100-200:2 400-:1,50-100:1',
    '2.000000,3.000000,a,b,1,512,0,0,,,,',
    '',
  ])
})

test('a damaged cell is said with its line, column and what is right, and the counters beside it are kept', () => {
  const { losses, files } = read('weir-recording', `${HEAD}${TIMED}0,1,vda,3,1536,1,512,,,100-200:3,1e5-2e5:1\n`)
  expect(losses.map(formatLoss)).toEqual([
    'line 3, write_latency: not-understood: "1e5-2e5:1" is not valid; use from-to:count in ns with a space between two, as 100000-125893:12 125893-158489:3',
    'dropped: 1 × cells of write_latency that are not of this format left out',
  ])
  expect(files[0]?.text).toContain('vda,3,1536,1,512,,,100-200:3,\n')
})
