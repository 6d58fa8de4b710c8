import { beforeEach, expect, test } from 'vitest'
import type { HostState, VmLook } from '#shared/host-look.ts'
import { selectVm, setHostView, takeHost, toggleQuiet, useHost } from './host.ts'

const LOOKS = { answered: 2, failed: 0, spentNs: 0 }
const BUCKET = {
  bucket: 'iops-total',
  avg: 0.5,
  rate: 0.5,
  share: 1,
  level: null,
  atLimit: true,
  atLimitNs: 0,
} as const
const HELD = { name: 'g', limits: {}, disks: [], buckets: [BUCKET], throttledShare: null, throttledNs: null, resets: 0 }
const LIFT = { untilMs: null, job: null, names: ['g'], isOthers: false, problem: null }
const ON = { isOn: true, problems: [], taints: false }
const JOB = { id: 'backup0' } as unknown as NonNullable<VmLook['jobs']>[number] // what a fold asks of it

function vm(name: string, iops: number, part: Partial<VmLook> = {}): VmLook {
  const none = { title: null, problem: null, seenNs: 0, bps: iops * 100, disks: [], groups: [], drift: null }
  return { id: `unix:/run/${name}`, name, state: 'running', up: true, looks: LOOKS, iops, ...none, ...part }
}

const QUIET = ['q1', 'q2', 'q3', 'q4', 'q5'].map((name, index) => vm(name, index / 10))
let nowNs = 0

function take(vms: readonly VmLook[], looks = 1, part: Partial<HostState> = {}): void {
  for (let look = 0; look < looks; look += 1) {
    nowNs += 1e9
    const seen = { host: 'kvm-07', nowNs, wallMs: 0, vms, problems: [] }
    takeHost({ look: seen, opened: null, lifts: {}, histograms: {}, ...part })
  }
}

const shown = () => useHost.getState().rows.map(({ vm: { name } }) => name)
const fold = () => useHost.getState().fold

beforeEach(() => {
  takeHost(null)
  setHostView({ sort: 'share' })
})

test('quiet VMs are one line behind the others, and rows in the same order when it is opened', () => {
  take([vm('db', 300), vm('web', 20), ...QUIET], 4)
  expect([shown().length, fold()]).toEqual([7, null])
  take([vm('db', 300), vm('web', 20), ...QUIET])
  expect(shown()).toEqual(['db', 'web'])
  expect(fold()).toEqual({ at: 2, count: 5, iops: expect.closeTo(1), bps: expect.closeTo(100), isOpen: false })
  expect(toggleQuiet()).toBe(true)
  expect([shown(), fold()?.isOpen]).toEqual([['db', 'web', 'q5', 'q4', 'q3', 'q2', 'q1'], true])
  setHostView({ sort: 'name' })
  expect(shown()).toEqual(['db', 'web', 'q1', 'q2', 'q3', 'q4', 'q5'])
  toggleQuiet()
  expect(shown()).toEqual(['db', 'web'])
})

test('who looks for something sees all that matches; few are not folded, nor all', () => {
  take([vm('db', 300), ...QUIET], 5)
  setHostView({ text: 'q' })
  expect([shown().length, fold(), toggleQuiet()]).toEqual([5, null, false])
  setHostView({ text: '' })
  expect(shown()).toEqual(['db'])
  take([vm('db', 300), ...QUIET.slice(1)])
  expect(shown()).toHaveLength(5)
  take(QUIET)
  expect(shown()).toHaveLength(5)
  take([...QUIET, vm('q6', 0)], 5)
  expect(shown()).toHaveLength(6)
  selectVm('unix:/run/q3')
  expect(shown(), 'a click folds nothing').toHaveLength(6)
})

test('one that was quiet and does something is a row at once, and again quiet half a minute after', () => {
  take([vm('db', 300), vm('q6', 0), ...QUIET], 10)
  expect(shown()).toEqual(['db'])
  take([vm('db', 300), vm('q6', 40), ...QUIET])
  expect(shown()).toEqual(['db', 'q6'])
  take([vm('db', 300), vm('q6', 0), ...QUIET], 29)
  expect(shown()).toEqual(['db', 'q6'])
  take([vm('db', 300), vm('q6', 0), ...QUIET])
  expect(shown()).toEqual(['db'])
})

test('one that is selected is never folded, and does not move while the line is open', () => {
  take([vm('db', 300), ...QUIET, vm('q6', 0)], 5)
  selectVm('unix:/run/q3')
  expect([shown(), fold()?.count]).toEqual([['db', 'q3'], 5])
  toggleQuiet()
  expect(shown()).toEqual(['db', 'q5', 'q4', 'q3', 'q2', 'q1', 'q6'])
})

const id = 'unix:/run/odd'
test.each<[string, Partial<VmLook>, Partial<HostState>]>([
  ['at its limit', { groups: [HELD] }, {}],
  ['drifting', { drift: ['gold: IOPS: 1 → 2'] }, {}],
  ['silent', { up: false, state: 'silent', iops: null, problem: 'It does not answer.' }, {}],
  ['failed', { state: 'failed' }, {}],
  ['lifted', {}, { lifts: { [id]: LIFT } }],
  ['measured', {}, { histograms: { [id]: ON } }],
  ['copied', { jobs: [JOB] }, {}],
])('one that is %s is never folded', (_what, part, state) => {
  take([vm('db', 300), ...QUIET, vm('odd', 0)], 5)
  expect(shown()).toEqual(['db'])
  take([vm('db', 300), ...QUIET, vm('odd', 0, part)], 1, state)
  expect(shown()).toEqual(['db', 'odd'])
})

test('one in alarm is never folded', () => {
  const failed = (count: number) => ({ seenNs: nowNs, disks: [diskWith(count)] })
  take([vm('db', 300), ...QUIET, vm('odd', 0, failed(0))], 5)
  expect(shown()).toEqual(['db'])
  take([vm('db', 300), ...QUIET, vm('odd', 0, failed(1))])
  expect([shown(), useHost.getState().alarms.size]).toEqual([['db', 'odd'], 1])
})

function diskWith(failed: number): VmLook['disks'][number] {
  const totals = { requests: 1, bytes: 1, failed, totalTimeNs: 1, waitNs: 0, waitMeanNs: 0 }
  const read = { iops: 0, bps: 0, latencyMeanNs: null, ...totals }
  const about = { sizeBytes: 1, groups: [], counted: true, inFlight: 0, throttledShare: 0, throttledNs: 0 }
  return { id: 'vda', ...about, read, write: null }
}
