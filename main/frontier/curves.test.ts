import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Trace } from '#main/load/trace.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import { arrivalsOf, type WorkOf } from './arrivals.ts'
import { levelsOf } from './levels.ts'

// The traces of WorkloadCompactor (SoCC'17, MIT, see the licence beside the fixture) and its authors' rate-burst curves.

/** The one trace that the project keeps. */
const KEPT_FOLDER = path.join(import.meta.dirname, 'fixtures/workloadcompactor')
/** All of them, where they lie beside the project or beside its worktrees. */
const ALL_FOLDER =
  ['../shared', '../../shared']
    .map((place) => path.resolve(import.meta.dirname, '../..', place, 'traces/workloadcompactor'))
    .find((folder) => fs.existsSync(folder)) ?? null

const CURVES = ['storageSSD', 'networkIn', 'networkOut'] as const
type Curve = (typeof CURVES)[number]

function traceNames(folder: string): readonly string[] {
  return fs.readdirSync(folder).filter((name) => /^trace\d+\.txt$/.test(name))
}

/** Lines of `arrival_ns,0xbytes,DiskRead|DiskWrite`. */
function readTrace(folder: string, name: string): Trace {
  const rows = linesOf(folder, name).map((line) => line.split(','))
  const firstNs = Number(rows[0]?.[0])
  return {
    count: rows.length,
    timesNs: Float64Array.from(rows, ([time]) => Number(time) - firstNs),
    offsets: new Float64Array(rows.length),
    sizes: Uint32Array.from(rows, ([, size, op]) => Number(size) + (op === 'DiskWrite' ? TRACE_WRITE_BIT : 0)),
  }
}

/** Rate → the smallest bucket that never makes a request wait: `y − rate · x` of each line `x,y,rate`. */
function readCurve(folder: string, trace: string, curve: Curve): ReadonlyMap<number, number> {
  const points = linesOf(folder, `arrivalCurve${trace}${curve}.txt`).map((line) => line.split(',').map(Number))
  return new Map(points.map(([x = 0, y = 0, rate = 0]) => [rate, y - rate * x]))
}

/** What the authors charge a request: a disk's time, or bytes of the network. */
function workOf(folder: string, curve: Curve): WorkOf {
  if (curve === 'storageSSD') return diskTime(folder)
  const heavy = curve === 'networkIn' ? 1 : 0
  return (bytes, direction) => 200 + (direction === heavy ? 1.1 : 0.025) * bytes
}

interface ProfileRow {
  readonly requestSize: number
  readonly readBandwidth: number
  readonly writeBandwidth: number
}

function diskTime(folder: string): WorkOf {
  const text = fs.readFileSync(path.join(folder, 'profileSSD.txt'), 'utf8')
  const rows = (JSON.parse(text) as { readonly bandwidthTable: readonly ProfileRow[] }).bandwidthTable // the fixture's form
  const of = (row: ProfileRow, direction: 0 | 1) => (direction === 0 ? row.readBandwidth : row.writeBandwidth)
  return (bytes, direction) => {
    const above = rows.findIndex((row) => row.requestSize >= bytes)
    if (above <= 0) return bytes / of(rows.at(above) as ProfileRow, direction) // the first row, or the last for −1
    const [low, high] = [rows[above - 1] as ProfileRow, rows[above] as ProfileRow]
    const share = (bytes - low.requestSize) / (high.requestSize - low.requestSize)
    return bytes / (of(low, direction) + share * (of(high, direction) - of(low, direction)))
  }
}

function linesOf(folder: string, name: string): readonly string[] {
  return fs
    .readFileSync(path.join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
}

// Their shaper counts the level after it has charged a request, and charges by a profile; the recursion is the same.

/** The largest relative difference from the authors' points, and how many points there are. */
function against(folder: string, name: string): { readonly worst: number; readonly points: number } {
  const trace = readTrace(folder, name)
  let worst = 0
  let points = 0
  for (const curve of CURVES) {
    const theirs = [...readCurve(folder, name, curve)].filter(([rate]) => rate > 0).sort(([a], [b]) => a - b)
    const arrivals = arrivalsOf([trace], workOf(folder, curve))
    const rates = theirs.map(([rate]) => rate)
    const ours = levelsOf(arrivals, { rates, percentiles: [], charge: 'after' })
    for (const [index, [, bucket]] of theirs.entries()) {
      worst = Math.max(worst, Math.abs((ours[index]?.noWait ?? 0) / bucket - 1))
      points += 1
    }
  }
  return { worst, points }
}

test('the curves of the kept trace come out as its authors drew them', () => {
  const { worst, points } = against(KEPT_FOLDER, 'trace0004.txt')
  expect(points).toBeGreaterThan(20)
  expect(worst).toBeLessThan(1e-12)
})

const absent = ALL_FOLDER === null ? '(skipped: no ../shared/traces/workloadcompactor)' : ''

describe.skipIf(ALL_FOLDER === null)(`all of the authors' traces ${absent}`, () => {
  test.each(ALL_FOLDER === null ? [] : traceNames(ALL_FOLDER))('%s', (name) => {
    const { worst, points } = against(ALL_FOLDER as string, name)
    expect(points).toBeGreaterThan(10)
    expect(worst).toBeLessThan(1e-12)
  })
})
