import { expect, test } from 'vitest'
import { USUAL_ALARM_RULES } from '#shared/alarms/alarm.ts'
import { HostAlarms } from '#shared/alarms/host-alarms.ts'
import type { HostLook, VmLook } from '#shared/host-look.ts'
import { countOf, type HostView, shownRows, stepRow, usefulFilters } from '../store/host-filter.ts'
import { alarmWords, totalsOf } from './host-model.ts'

function vm(name: string, part: Partial<VmLook> = {}): VmLook {
  return {
    id: `unix:/run/${name}`,
    name,
    title: null,
    state: 'running',
    up: true,
    problem: null,
    seenNs: 0,
    looks: { answered: 2, failed: 0, spentNs: 0 },
    iops: 0,
    bps: 0,
    disks: [],
    groups: [],
    drift: null,
    ...part,
  }
}

const bucket = {
  bucket: 'iops-total',
  avg: 100,
  rate: 98,
  share: 0.98,
  level: null,
  atLimit: true,
  atLimitNs: 0,
} as const
const held = {
  name: 'gold',
  limits: { 'iops-total': 100 },
  disks: [],
  buckets: [bucket],
  throttledShare: 0.9,
  throttledNs: 0,
  resets: 0,
}
const LOOK: HostLook = {
  host: 'kvm-07',
  nowNs: 0,
  wallMs: 0,
  problems: [],
  vms: [
    vm('db', { iops: 98, bps: 100, groups: [held] }),
    vm('etl', { iops: 20, bps: 900, title: 'Nightly load', drift: ['gold: IOPS 100, not 200'] }),
    vm('mail', { up: false, state: 'silent', problem: 'It does not answer.', iops: null, bps: null }),
  ],
}

/** As the window sees them after eleven seconds of this. */
function alarmsOf(rules = USUAL_ALARM_RULES) {
  const watch = new HostAlarms(rules)
  for (let second = 0; second <= 11; second += 1) {
    const nowNs = second * 1e9
    watch.see({ ...LOOK, nowNs, vms: LOOK.vms.map((each) => (each.up ? { ...each, seenNs: nowNs } : each)) })
  }
  return watch.active()
}
const ABOUT = { units: 'binary', alarms: alarmsOf({ ...USUAL_ALARM_RULES, kinds: ['at-limit', 'latency'] }) } as const

const shown = (part: Partial<HostView>) =>
  shownRows(LOOK, { sort: 'share', filter: 'all', text: '', ...part }, ABOUT).map((row) => row.vm.name)

test('alarms of a VM stand in its row, are a filter and an order, and end with the rules that know them', () => {
  expect([...ABOUT.alarms].map(([id, alarms]) => [id, alarmWords(alarms)])).toEqual([['unix:/run/db', 'at limit']])
  expect([shown({ filter: 'alarms' }), shown({ sort: 'alarms' })]).toEqual([['db'], ['db', 'etl', 'mail']])
  const all = alarmsOf()
  expect([...all].map(([id, alarms]) => [id, alarmWords(alarms)])).toEqual([
    ['unix:/run/db', 'at limit'],
    ['unix:/run/etl', 'drift'],
    ['unix:/run/mail', 'lost'],
  ])
  expect(alarmsOf({ ...USUAL_ALARM_RULES, kinds: [] }).size).toBe(0)
})

test('the noisiest is on top: by its share of requests or of bytes, whichever is larger', () => {
  expect([shown({}), shown({ sort: 'bps' }), shown({ sort: 'name' })]).toEqual([
    ['etl', 'db', 'mail'],
    ['etl', 'db', 'mail'],
    ['db', 'etl', 'mail'],
  ])
})

test('filters leave what they name, a text what has it in its name or title', () => {
  expect([shown({ filter: 'held' }), shown({ filter: 'drifting' }), shown({ filter: 'problem' })]).toEqual([
    ['db'],
    ['etl'],
    ['mail'],
  ])
  expect([shown({ text: ' NIGHTLY' }), shown({ text: 'nothing' })]).toEqual([['etl'], []])
  expect(
    (['all', 'held', 'drifting', 'problem'] as const).map((filter) => countOf(LOOK, filter, ABOUT.alarms)),
  ).toEqual([3, 1, 1, 1])
})

test('nothing drifts where only QEMU has the limits: the filter is not offered, but one that is chosen stays', () => {
  const names = (look: HostLook, chosen: 'all' | 'drifting' = 'all') =>
    usefulFilters(look, chosen).map(([, label]) => label)
  expect(names(LOOK)).toContain('Drifting')
  expect(names({ ...LOOK, vms: [vm('stored', { drift: [] })] })).toContain('Drifting')
  const plain = { ...LOOK, vms: [vm('plain')] }
  expect(names(plain)).toEqual(['All', 'At a limit', 'Bursting', 'Alarms', 'Not reached'])
  expect(names(plain, 'drifting')).toContain('Drifting')
})

test('totals are of what is known', () => {
  expect(totalsOf(LOOK)).toEqual({ iops: 118, bps: 1000, up: 2 })
})

test('the arrow keys go from row to row and stop at the ends', () => {
  const rows = shownRows(LOOK, { sort: 'share', filter: 'all', text: '' }, ABOUT)
  const id = (name: string) => `unix:/run/${name}`
  expect([
    stepRow(rows, null, 1),
    stepRow(rows, id('etl'), 1),
    stepRow(rows, id('etl'), -1),
    stepRow(rows, id('mail'), 1),
    stepRow([], null, 1),
  ]).toEqual([id('etl'), id('db'), id('etl'), id('mail'), null])
})

test('past a limit by more than a look can be wrong is a burst, at it is not', () => {
  const at = (share: number) => vm(`at ${share}`, { groups: [{ ...held, buckets: [{ ...bucket, share }] }] })
  const look: HostLook = {
    host: '',
    nowNs: 0,
    wallMs: 0,
    problems: [],
    vms: [at(0.98), at(1.04), at(1.46), vm('free')],
  }
  expect(countOf(look, 'bursting', new Map())).toBe(1)
  const bursting = shownRows(look, { sort: 'share', filter: 'bursting', text: '' }, ABOUT)
  expect(bursting.map((row) => row.vm.name)).toEqual(['at 1.46'])
})
