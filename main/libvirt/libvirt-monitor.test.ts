import { expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { lookWith } from './libvirt-domain.ts'
import { LibvirtMonitor } from './libvirt-monitor.ts'
import type { VirshOnDemand } from './virsh-on-demand.ts'

const FLOW = { operations: 1, bytes: 512, merged: 0, failed: 0, totalTimeNs: 0 }
const LIBVIRTS = { read: FLOW, write: FLOW, flush: FLOW, timesFailed: false }
const OWN = { ...LIBVIRTS, read: { ...FLOW, operations: 2 } }
const STATS = ['vda', 'vdb', 'vdc'].map((key) => ({ key, chain: [], backing: [], counters: LIBVIRTS }))
const QDEVS = new Map([
  ['vda', 'q0'],
  ['vdb', 'q1'],
])

test("QEMU's own counters and no others beside them; without its answer the look says that it is libvirt's", () => {
  const libvirts = { stats: STATS, atNs: 5, slackNs: 1 }
  const counted = (own: Parameters<typeof lookWith>[0]) => {
    const { stats, atNs, isSecondHand } = lookWith(own, libvirts, { qdevs: QDEVS, atNs: 7, slackNs: 0 })
    return [isSecondHand === true, atNs, ...stats.map(({ key, counters }) => `${key} ${counters.read.operations}`)]
  }
  expect(counted(new Map([['q0', OWN]]))).toEqual([false, 7, 'vda 2'])
  expect(counted('refused')).toEqual([true, 5, 'vda 1', 'vdb 1', 'vdc 1'])
  expect(counted('forbidden')).toEqual([false, 5, 'vda 1', 'vdb 1', 'vdc 1'])
})

test('a refusal is for this time, unless libvirt says that it is for ever', async () => {
  const refusals = ['timed out during operation', 'access denied']
  let asked = 0
  const run = () => {
    asked += 1
    return Promise.reject(new EngineError('libvirt-refused', refusals[Math.min(asked, 2) - 1] ?? '', ''))
  }
  const writer = { run } as unknown as VirshOnDemand // all that is asked of it
  const monitor = new LibvirtMonitor(writer, 'web01')
  expect([await monitor.counters(), await monitor.counters(), await monitor.counters()]).toEqual([
    'refused',
    'forbidden',
    'forbidden',
  ])
  expect(asked).toBe(2)
})
