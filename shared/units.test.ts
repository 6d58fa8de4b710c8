import { expect, test } from 'vitest'
import {
  formatBps,
  formatBytes,
  formatClock,
  formatDurationNs,
  formatInteger,
  formatIops,
  formatShort,
  parseDurationS,
  parseNumber,
  parseQuantity,
  splitBytes,
  splitBytesLike,
  type Unclear,
} from './units.ts'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB
const TIB = 1024 * GIB

const plain = (text: string) => text.replaceAll('\u2009', ' ')
const twoWays = (text: string, readings: string): Unclear => ({
  problem: `“${text}” can be read in two ways: type ${readings}`,
})

test.each<[string, number | Unclear | null]>([
  ['500', 500],
  ['1.5k', 1500],
  ['1,5k', 1500],
  ['1 000', 1000],
  ['1\u2009000', 1000],
  ['1_000', 1000],
  ["1'000", 1000],
  ['2M', 2e6],
  ['1Ki', 1024],
  ['250 IOPS', 250],
  ['250/s', 250],
  ['250 iops/s', 250],
  ['unlimited', 0],
  ['none', 0],
  ['off', 0],
  ['0', 0],
  ['1.250k', 1250],
  ['0.25k', 250],
  ['1,000', twoWays('1,000', '1000 or 1')],
  ['5,000 IOPS', twoWays('5,000', '5000 or 5')],
  ['12,500', twoWays('12,500', '12500 or 12.5')],
  ['1,500k', twoWays('1,500', '1500 or 1.5')],
  ['1.000', twoWays('1.000', '1000 or 1')],
  ['0.5', { problem: '0.5 is not a whole number: use 1' }],
  ['0,5', { problem: '0.5 is not a whole number: use 1' }],
  ['99.9', { problem: '99.9 is not a whole number: use 99 or 100' }],
  ['0.0004k', { problem: '0.4 is not a whole number: use 1' }],
  ['64 MB', null],
  ['-5', null],
  ['1e3', null],
  ['1.2.3', null],
  ['k', null],
  ['', null],
])('as a rate of requests %j is %j', (text, expected) => {
  expect(parseQuantity(text, 'count')).toEqual(expected)
})

test.each<[string, number | Unclear | null]>([
  ['512', 512],
  ['4 KiB', 4 * KIB],
  ['4k', 4000],
  ['64 MiB/s', 64 * MIB],
  ['64Mi', 64 * MIB],
  ['100MB', 100e6],
  ['100 MBps', 100e6],
  ['1.5GiB', 1.5 * GIB],
  ['1.3 MiB', 1_363_149],
  ['2 TiB', 2 * TIB],
  ['1T', 1e12],
  ['none', 0],
  ['1,024 MiB', twoWays('1,024', '1024 or 1.024')],
  ['1.024 MiB', 1_073_742],
  ['0.5', { problem: '0.5 is not a whole number of bytes: use 1' }],
  ['5 IOPS', null],
  ['big', null],
])('as a size or bandwidth %j is %j', (text, expected) => {
  expect(parseQuantity(text, 'bytes')).toEqual(expected)
})

test.each<[string, number | Unclear | null]>([
  ['90', 90],
  ['10s', 10],
  ['500ms', 0.5],
  ['1.5m', 90],
  ['1,5 min', 90],
  ['2 min', 120],
  ['1h', 3600],
  ['1d', 86_400],
  ['1 800 s', 1800],
  ['1,800 s', twoWays('1,800', '1800 or 1.8')],
  ['0', 0],
  ['-1s', null],
  ['1 week', null],
  ['', null],
])('as a time %j is %j seconds', (text, expected) => {
  expect(parseDurationS(text)).toEqual(expected)
})

test.each<[string, number | Unclear | null]>([
  ['70', 70],
  ['12,5', 12.5],
  ['.5', 0.5],
  ['0,125', 0.125],
  ['1 000', 1000],
  ['1,000', twoWays('1,000', '1000 or 1')],
  ['0x10', null],
  ['1e2', null],
  ['', null],
])('as a number %j is %j', (text, expected) => {
  expect(parseNumber(text)).toEqual(expected)
})

test.each([
  [0, '0'],
  [0.25, '0.25'],
  [7.5, '7.5'],
  [61.44, '61.4'],
  [99.96, '100'],
  [9.996, '10'],
  [331.4, '331'],
  [-0.5, '-0.5'],
  [-1e-12, '0'],
])('%d in short is %s', (value, expected) => {
  expect(formatShort(value)).toBe(expected)
})

test.each([
  [0, '0'],
  [0.25, '0.25'],
  [99.96, '100'],
  [334.4, '334'],
  [999.6, '1 000'],
  [1000, '1 000'],
  [9999.4, '9 999'],
  [9999.6, '10k'],
  [61_440, '61.4k'],
  [999_499, '999k'],
  [999_600, '1M'],
  [1_230_000, '1.23M'],
])('%d requests a second are %s', (value, expected) => {
  expect(plain(formatIops(value))).toBe(expected)
})

test.each([
  [0, '0 B', '0 B'],
  [1023, '1023 B', '1.02 kB'],
  [1024, '1 KiB', '1.02 kB'],
  [1_048_300, '1 MiB', '1.05 MB'],
  [999_600, '976 KiB', '1 MB'],
  [64 * MIB, '64 MiB', '67.1 MB'],
  [1.5 * GIB, '1.5 GiB', '1.61 GB'],
  [TIB, '1 TiB', '1.1 TB'],
  [1024 * TIB, '1 PiB', '1.13 PB'],
  [2048 * 1024 * TIB, '2048 PiB', '2306 PB'],
])('%d bytes are %s or %s', (bytes, binary, decimal) => {
  expect([formatBytes(bytes), formatBytes(bytes, 'decimal')]).toEqual([binary, decimal])
  expect(formatBps(bytes)).toBe(`${binary}/s`)
  expect(Object.values(splitBytes(bytes)).join(' ')).toBe(binary)
})

test.each([
  [0, '0'],
  [850, '850 ns'],
  [999.4, '999 ns'],
  [999.9, '1 µs'],
  [1800, '1.8 µs'],
  [999_600, '1 ms'],
  [1.8e6, '1.8 ms'],
  [999.6e6, '1 s'],
  [2.5e9, '2.5 s'],
  [119.4e9, '119 s'],
  [119.9e9, '2 min'],
  [120e9, '2 min'],
  [7199e9, '2 h'],
  [7200e9, '2 h'],
  [36_000e9, '10 h'],
])('%d ns are %s', (ns, expected) => {
  expect(formatDurationNs(ns)).toBe(expected)
})

test.each([
  [0, '00:00'],
  [59.9e9, '00:59'],
  [102e9, '01:42'],
  [3599.9e9, '59:59'],
  [3600e9, '1:00:00'],
  [3723e9, '1:02:03'],
  [90_000e9, '25:00:00'],
])('%d ns on a clock are %s', (ns, expected) => {
  expect(formatClock(ns)).toBe(expected)
})

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1 000'],
  [1_234_567, '1 234 567'],
  [-1234, '-1 234'],
])('%d with its thousands apart is %s', (value, expected) => {
  expect(plain(formatInteger(value))).toBe(expected)
})

test('bytes are told in the unit of what they are held against', () => {
  expect(splitBytesLike(512 * KIB, 64 * MIB, 'binary')).toEqual({ value: '0.5', unit: 'MiB' })
  expect(splitBytesLike(0, 100e6, 'decimal')).toEqual({ value: '0', unit: 'MB' })
})
