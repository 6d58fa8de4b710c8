import { expect, test } from 'vitest'
import { EngineError, NotRunningError } from '#main/engine-error.ts'
import { libvirtRefusal } from '#main/libvirt/libvirt-errors.ts'
import type { QmpFailure } from '#main/qmp/qmp-wire.ts'
import { legacy, picture } from '../testing/pictures.ts'
import type { VmLink } from '../vm-link.ts'
import { OwnHistograms } from './own-histograms.ts'

// A real QEMU and a real libvirt are asked in their own tests; here is what is made of a refusal.

const FLOW = { operations: 0, bytes: 0, merged: 0, failed: 0, totalTimeNs: 0 }
const VIEW = {
  key: 'vda',
  chain: [],
  backing: [],
  counters: { read: FLOW, write: FLOW, flush: FLOW, timesFailed: true },
}

test.each([
  [{ class: 'GenericError', desc: 'no such device' }, 'QEMU says no such device'],
  [{ class: '', desc: libvirtRefusal('error: access denied\n').message }, 'libvirt says: access denied.'],
])('who refuses is said: %o', async (refusal, words) => {
  const answer: QmpFailure = { ok: false, ...refusal }
  const link = { execute: () => Promise.resolve(answer) } as Partial<VmLink> as VmLink // all that is asked of it
  const histograms = new OwnHistograms(true)
  const vm = picture([], [legacy('vda', null, { countersKey: 'vda' })])
  await histograms.keep(link, vm, { stats: [VIEW], atNs: 0, slackNs: 0 })
  expect(histograms.problems).toEqual([`vda has no percentiles: ${words}`])
})

test('a look that QEMU did not answer sets nothing: it is not taken for disks without histograms', async () => {
  const sent: string[] = []
  const own = { stats: [VIEW], atNs: 0, slackNs: 0 }
  const secondHand = { ...own, isSecondHand: true } as const
  const link = {
    execute: ({ execute }) => {
      sent.push(execute)
      return Promise.resolve({ ok: true, value: {} })
    },
    look: () => Promise.resolve(secondHand),
  } as Partial<VmLink> as VmLink // all that is asked of it
  const histograms = new OwnHistograms(true)
  const vm = picture([], [legacy('vda', null, { countersKey: 'vda', qdev: 'q0' })])
  await histograms.keep(link, vm, secondHand)
  expect(sent).toEqual([])
  await histograms.keep(link, vm, own)
  expect(sent).toEqual(['block-latency-histogram-set'])
  await histograms.keep(link, vm, secondHand)
  expect(sent).toHaveLength(1)
  expect(await histograms.end(link, vm)).toEqual([
    "Weir's latency histograms of vda stay in the VM: QEMU did not answer. They do no harm, and its next start has none.",
  ])
})

test('of a VM that is not reached they stay if it still runs; of one that has ended nothing does', async () => {
  const link = { execute: () => Promise.resolve({ ok: true, value: {} }) } as Partial<VmLink> as VmLink // all that is asked of it
  const vm = picture([], [legacy('vda', null, { countersKey: 'vda', qdev: 'q0' })])
  const set = async () => {
    const histograms = new OwnHistograms(true)
    await histograms.keep(link, vm, { stats: [VIEW], atNs: 0, slackNs: 0 })
    return histograms
  }
  const ended = await set()
  ended.noteLost(new NotRunningError('qmp-refused', '', ''))
  const lost = await set()
  lost.noteLost(new EngineError('qmp-lost', '', ''))
  expect([await lost.end(null, null), await ended.end(null, null)]).toEqual([
    [
      "Weir's latency histograms of vda stay in the VM if it still runs: it does not answer. They do no harm, and its next start has none.",
    ],
    [],
  ])
})
