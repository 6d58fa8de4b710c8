import { expect, test } from 'vitest'
import { read, told } from '../fixtures/read.ts'
import { parseHmpNumbers } from './hmp-expression.ts'

// Each pair is what QEMU 7.2 and 11.1 made of `block_set_io_throttle d0 0 0 0 TEXT 0 0`.

const TAKEN: Readonly<Record<string, number>> = {
  '5+6': 11,
  '5 +6': 11,
  '5 + 6': 11,
  '10/3': 3,
  '10%4': 2,
  '(5+6)*2': 22,
  '0x10': 16,
  '0X1f': 31,
  '010': 8,
  '010+1': 9,
  '00': 0,
  '5-2*1': 3,
  '7&3': 3,
  '4|1': 5,
  '6^3': 5,
  '1+1|1': 2,
  '2*3&1': 0,
  '9-4&1': 9,
  '7^2+1': 6,
  '8/2|1': 5,
  '20/3*3': 18,
  '2+3*4%5': 4,
  '10--3': 13,
  '5%-3': 2,
  '(0-7)/2+10': 7,
  '2*-3+10': 4,
  '(-1+6)': 5,
  '~(~5)': 5,
  "'a'": 97,
  "'b'-'a'": 1,
  '5 \t* 2': 10,
  '((((((1))))))': 1,
  '4611686018427387904*4+5': 5,
}

const REFUSED: Readonly<Record<string, string>> = {
  '08': 'extraneous characters at the end of line',
  '(2)(3)': 'extraneous characters at the end of line',
  '5k': "invalid char 'k' in expression",
  '1e3': "invalid char 'e' in expression",
  '1.5': "invalid char '.' in expression",
  '0x': "invalid char 'x' in expression",
  '1<<4': "invalid char '<' in expression",
  '5)': "invalid char ')' in expression",
  '(5': "')' expected",
  '+5': 'unexpected end of expression',
  '-5+10': 'unexpected end of expression',
  '7/0': 'division by zero',
  '7%0': 'division by zero',
  "'\\n'": "missing terminating ' character",
  '123456789012345678901': 'number too large',
}

test.each(Object.entries(TAKEN))('%s is %s', (text, value) => {
  expect(parseHmpNumbers(`0 0 0 ${text} 0 0`, 6)).toEqual({
    values: [0n, 0n, 0n, BigInt(value), 0n, 0n],
    problem: null,
  })
})

test.each(Object.entries(REFUSED))('%s is refused: %s', (text, problem) => {
  expect(parseHmpNumbers(`0 0 0 ${text} 0 0`, 6).problem).toBe(problem)
})

test('a script may calculate; what QEMU refuses is a loss with its words', () => {
  const script = [
    'block_set_io_throttle d0 0 0 0 2*500 0 0',
    'block_set_io_throttle d1 10*1024*1024 0 0 (5 + 6) 0 0',
    'block_set_io_throttle d0 0 0 0 5 -1 0',
    'block_set_io_throttle d0 0 0 0 ~0 0 0',
    'block_set_io_throttle d0 0 0 0 $rip 0 0',
  ]
  const { groups, losses } = told(read('hmp', script.join('\n')))
  expect(groups).toEqual({ d0: { 'iops-total': 1000 }, d1: { 'bps-total': 10_485_760, 'iops-total': 11 } })
  const wanted = 'block_set_io_throttle takes a disk and six whole numbers: bps bps_rd bps_wr iops iops_rd iops_wr'
  expect(losses).toEqual([
    `line 3: not-understood: ${wanted} (unexpected end of expression)`,
    'line 4: dropped: QEMU refuses this block_set_io_throttle and changes nothing: bps/iops/max values must be within [0, 1000000000000000]',
    `line 5: not-understood: ${wanted} (a register, whose value is not in this text)`,
  ])
})
