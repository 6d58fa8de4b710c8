import { expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { lookWith } from './libvirt-link.ts'
import { LibvirtMonitor } from './libvirt-monitor.ts'
import type { VirshOnDemand } from './virsh-on-demand.ts'

const FLOW = { operations: 1, bytes: 512, merged: 0, failed: 0, totalTimeNs: 0 }
const LIBVIRTS = { read: FLOW, write: FLOW, flush: FLOW, timesFailed: false }
const OWN = { ...LIBVIRTS, read: { ...FLOW, operations: 2 } }
const DISKS = ['vda', 'vdb', 'vdc'].map((target) => ({ target, counters: LIBVIRTS, capacityBytes: null }))
const QDEVS = new Map([
  ['vda', 'q0'],
  ['vdb', 'q1'],
])

test("QEMU's own counters where it gives them; without its answer the look says that it is libvirt's", () => {
  const counted = (own: Parameters<typeof lookWith>[0]) => {
    const { stats, isSecondHand } = lookWith(own, { disks: DISKS, qdevs: QDEVS, atNs: 0, slackNs: 0 })
    return [isSecondHand === true, ...stats.map(({ counters }) => counters.read.operations)]
  }
  expect(counted(new Map([['q0', OWN]]))).toEqual([false, 2, 1, 1])
  expect(counted('refused')).toEqual([true, 1, 1, 1])
  expect(counted('forbidden')).toEqual([false, 1, 1, 1])
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
