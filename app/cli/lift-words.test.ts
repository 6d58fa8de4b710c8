import { expect, test } from 'vitest'
import { reportPutBack } from './lift-words.ts'

test('a suggested command is quoted: whoever names a socket does not choose what a shell runs', () => {
  const told: string[] = []
  const plain = (text: string) => text
  const terminal = {
    print: plain,
    complain: (text: string) => told.push(text),
    write: plain,
    redraws: false,
    columns: () => 80,
    paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
  }
  const done = { restored: [], back: [], emptied: [], kept: [], failed: ['gold'] }
  reportPutBack(done, 'unix:/run/$(touch x) y.qmp', terminal)
  expect(told).toContain("Try again: weir lift 'unix:/run/$(touch x) y.qmp' --restore")
})
