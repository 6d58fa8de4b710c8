import { beforeEach, expect, test, vi } from 'vitest'
import type { HostState, VmLook } from '#shared/host-look.ts'
import { takeHost } from '../store/host.ts'
import { showForm, useLive } from '../store/live.ts'
import { setUi } from '../store/ui.ts'
import { operateVm } from './vm-keys.ts'

const ID = 'unix:/run/web01.qmp'
const LIFT = { untilMs: null, job: null, names: ['gold'], isOthers: false, problem: null }
const invoke = vi.fn(async (_channel: string, _payload: unknown) => ({ ok: true }))
let nowNs = 0

function take(up: boolean, lifts: HostState['lifts'] = {}): void {
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const none = { title: null, problem: null, seenNs: 0, iops: 0, bps: 0, disks: [], groups: [], drift: null }
  const vm: VmLook = { id: ID, name: 'web01', state: 'running', up, looks, ...none }
  nowNs += 1e9
  takeHost({ look: { host: 'kvm-07', nowNs, wallMs: 0, vms: [vm], problems: [] }, opened: null, lifts, histograms: {} })
}
const form = () => [useLive.getState().form, useLive.getState().formVm]

beforeEach(() => {
  vi.stubGlobal('window', { weir: { invoke, on: () => () => undefined } })
  invoke.mockClear()
  showForm(null)
  setUi({ panelOpen: true })
})

test('L asks which limits of this VM to lift: where it is reached, whole, and its panel is there', () => {
  take(false)
  expect([operateVm('l', ID), form()]).toEqual([false, [null, null]])
  take(true, { [ID]: LIFT })
  expect([operateVm('l', ID), form()]).toEqual([false, [null, null]])
  take(true)
  setUi({ panelOpen: false })
  expect([operateVm('l', ID), form()]).toEqual([false, [null, null]])
  setUi({ panelOpen: true })
  expect([operateVm('L', ID), form()]).toEqual([true, ['lift', ID]])
  expect(invoke).not.toHaveBeenCalled()
})

test('P puts back what is lifted of this VM, and does nothing to others', () => {
  take(true)
  expect(operateVm('p', ID)).toBe(false)
  take(true, { [ID]: LIFT })
  expect([operateVm('x', ID), operateVm('p', ID)]).toEqual([false, true])
  expect(invoke.mock.calls).toEqual([['lift/put-back', { vm: ID }]])
})
