import { beforeEach, expect, test } from 'vitest'
import type { HostState, VmLook } from '#shared/host-look.ts'
import { selectVm, setHostView, sortByNext, stepVm, takeHost, useHost } from './host.ts'
import { useUi } from './ui.ts'

function vm(name: string, iops: number): VmLook {
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const none = { title: null, problem: null, seenNs: 0, bps: 0, disks: [], groups: [], drift: null }
  return { id: `unix:/run/${name}`, name, state: 'running', up: true, looks, iops, ...none }
}

function host(nowNs: number, vms: readonly VmLook[], name = 'kvm-07'): HostState {
  return { look: { host: name, nowNs, wallMs: 0, vms, problems: [] }, opened: null, lifts: {}, histograms: {} }
}

const shown = () => useHost.getState().rows.map((row) => row.vm.name)
const current = () => useHost.getState().current?.vm.name ?? null

beforeEach(() => {
  takeHost(null)
  setHostView({ sort: 'share' })
  takeHost(host(0, [vm('db', 300), vm('etl', 200), vm('web', 100)]))
})

test('a VM that the filter hides is not the current one, and is again when it is shown', () => {
  selectVm('unix:/run/etl')
  expect(current()).toBe('etl')
  setHostView({ text: 'web' })
  expect([shown(), current()]).toEqual([['web'], 'web'])
  setHostView({ text: 'no such VM' })
  expect([shown(), current()]).toEqual([[], null])
  setHostView({ text: '' })
  expect(current()).toBe('etl')
})

test('the first row is current until one is selected, which then stays so in every order', () => {
  takeHost(host(1e9, [vm('db', 100), vm('etl', 300), vm('web', 200)]))
  expect([shown(), current()]).toEqual([['etl', 'web', 'db'], 'etl'])
  setHostView({ sort: 'name' })
  expect(current()).toBe('db')
  expect(stepVm(1)).toBe('unix:/run/etl')
  takeHost(host(2e9, [vm('db', 1), vm('etl', 2), vm('web', 3)]))
  setHostView({ sort: 'iops' })
  expect([shown(), current(), stepVm(-1), current()]).toEqual([['web', 'etl', 'db'], 'etl', 'unix:/run/web', 'web'])
})

test('the current row has the figures of the latest look; a VM that is gone is not current', () => {
  selectVm('unix:/run/web')
  takeHost(host(1e9, [vm('db', 300), vm('web', 50)]))
  expect(useHost.getState().current?.vm.iops).toBe(50)
  takeHost(host(2e9, [vm('db', 300)]))
  expect(current()).toBe('db')
})

test('another host is shown whole, in the order chosen', () => {
  setHostView({ text: 'web', sort: 'name' })
  takeHost(host(0, [vm('b', 2), vm('a', 1)], 'kvm-08'))
  expect([shown(), useHost.getState().view]).toEqual([
    ['a', 'b'],
    { sort: 'name', filter: 'all', text: '', isQuietOpen: false },
  ])
})

test('S goes through the columns in their order, p99 only while something measures it, and says by which it sorts', () => {
  const measured = { id: 'vda', histograms: 'weir', groups: [], read: null, write: null }
  const sorts = (step: 1 | -1, count: number) =>
    Array.from({ length: count }, () => {
      sortByNext(step)
      return useHost.getState().view.sort
    })
  expect(sorts(1, 8)).toEqual(['iops', 'bps', 'limit', 'wait', 'throttled', 'alarms', 'name', 'share'])
  expect(useUi.getState().announcement.text).toBe('Sorted by share.')
  const disks = [measured as unknown as VmLook['disks'][number]] // what the column asks of a disk
  takeHost(host(1e9, [{ ...vm('db', 1), disks }]))
  expect(sorts(-1, 5)).toEqual(['name', 'alarms', 'throttled', 'p99', 'wait'])
})

test('rows are written in the units of the settings', () => {
  const { settings } = useUi.getState()
  const bucket = {
    bucket: 'bps-total',
    avg: 2 ** 20,
    rate: 0,
    share: 0,
    level: null,
    atLimit: false,
    atLimitNs: 0,
  } as const
  const group = { name: 'gold', limits: { 'bps-total': 2 ** 20 }, disks: [], buckets: [bucket] }
  const groups = [{ ...group, throttledShare: null, throttledNs: null, resets: 0 }]
  takeHost(host(1e9, [{ ...vm('db', 1), groups }]))
  expect(useHost.getState().rows[0]?.limit).toBe('0 % of 1 MiB/s')
  useUi.setState({ settings: { ...settings, units: 'decimal' } })
  expect(useHost.getState().rows[0]?.limit).toBe('0 % of 1.05 MB/s')
  useUi.setState({ settings })
})
