// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test, vi } from 'vitest'
import { showForm, useLive } from '../store/live.ts'
import { attachedState } from '../store/testing/qemu-state.ts'
import { setUi } from '../store/ui.ts'
import { TaintForm } from './TaintForm.tsx'

const STATE = attachedState({
  address: 'libvirt:qemu:///system#web01',
  label: 'web01',
  histograms: { isOn: false, problems: [], taints: true },
})

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
  act(() => root.unmount())
})
