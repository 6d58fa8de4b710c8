// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test, vi } from 'vitest'
import { takeHost } from '../store/host.ts'
import { showForm, useLive } from '../store/live.ts'
import { attachedState } from '../store/testing/qemu-state.ts'
import { setUi } from '../store/ui.ts'
import { TaintForm } from './TaintForm.tsx'

const STATE = attachedState({
  address: 'libvirt:qemu:///system#web01',
  label: 'web01',
  histograms: { isOn: false, problems: [], taints: true },
})

const DB01 = 'libvirt:qemu:///system#db01'

function takeDb01(isReached: boolean): void {
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const none = { title: null, problem: null, seenNs: 0, iops: 0, bps: 0, disks: [], groups: [], drift: null }
  const vm = { id: DB01, name: 'db01', state: 'running', up: isReached, looks, ...none } as const
  const histograms = isReached ? { [DB01]: { isOn: false, problems: [], taints: true } } : {}
  const look = { host: 'kvm-07', nowNs: 1e9, wallMs: 0, vms: [vm], problems: [] }
  takeHost({ look, opened: null, lifts: {}, histograms })
}

test('only the answer Allow says that the domain may be tainted', async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  const invoke = vi.fn(async (_channel: string, _payload: unknown) => ({ ok: true }))
  Object.assign(window, { weir: { invoke, on: () => () => undefined } })
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  const press = (name: string) =>
    act(async () => [...document.querySelectorAll('button')].find((each) => each.textContent === name)?.click())
  setUi({ mode: 'qemu', qemu: STATE })
  showForm('taint')
  await act(async () => root.render(<TaintForm />))
  await press('Cancel')
  expect([useLive.getState().form, invoke.mock.calls]).toEqual([null, []])
  await act(async () => showForm('taint'))
  await press('Allow for this connection')
  expect(invoke.mock.calls).toEqual([['qemu/percentiles', { isOn: true, mayTaint: true }]])
  expect(useLive.getState().form).toBe(null)
  // Of a VM of the host the leave is for that VM alone.
  invoke.mockClear()
  const allow = () => [...document.querySelectorAll('button')].find((each) => /^Allow/.test(each.textContent ?? ''))
  await act(async () => {
    takeDb01(false)
    showForm('taint', DB01)
  })
  expect([document.body.textContent, allow()?.disabled]).toEqual([expect.stringContaining('marks db01 as'), true])
  await act(async () => takeDb01(true))
  await press('Allow for this connection')
  expect(invoke.mock.calls).toEqual([['host/percentiles', { vm: DB01, isOn: true, mayTaint: true }]])
  act(() => root.unmount())
})
