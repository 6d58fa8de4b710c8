import { expect, test } from 'vitest'
import { libvirtRefusal } from '#main/libvirt/libvirt-errors.ts'
import type { QmpFailure } from '#main/qmp/qmp-wire.ts'
import type { VmLink } from '../host/vm-port.ts'
import { legacy, picture } from '../testing/pictures.ts'
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
