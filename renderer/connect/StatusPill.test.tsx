// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { QemuState } from '#shared/ipc/contract.ts'
import { showForm, useLive } from '../store/live.ts'
import { attachedState } from '../store/testing/qemu-state.ts'
import { setUi } from '../store/ui.ts'
import { StatusPill } from './StatusPill.tsx'

// The way to percentiles: at once where nothing is tainted by them, else a question first.

const STATE = attachedState({
  address: 'libvirt:qemu:///system#web01',
  label: 'web01',
  histograms: { isOn: false, problems: [], taints: true },
})

const invoke = vi.fn(async (_channel: string, _payload: unknown) => ({ ok: true }))
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let root: Root
beforeEach(() => {
  invoke.mockClear()
  Object.assign(window, { weir: { invoke, on: () => () => undefined } })
  showForm(null)
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.innerHTML = ''
})

async function tick(histograms: QemuState['histograms']): Promise<void> {
  setUi({ mode: 'qemu', qemu: { ...STATE, histograms } })
  await act(async () => root.render(<StatusPill />))
  await act(async () => document.querySelector<HTMLElement>('button[title^="libvirt:"]')?.click())
  await act(async () => document.querySelector<HTMLElement>('[role=menuitemcheckbox]')?.click())
}

const isMenuOpen = () => document.querySelector('[role=menu]') !== null

test('where percentiles would taint the domain the question comes first, and the menu makes room for it', async () => {
  await tick({ isOn: false, problems: [], taints: true })
  expect([useLive.getState().form, invoke.mock.calls, isMenuOpen()]).toEqual(['taint', [], false])
})

test('where they taint nothing, or nothing more, they are switched at once and the menu stays', async () => {
  await tick({ isOn: false, problems: [], taints: false })
  expect(invoke.mock.calls).toEqual([['qemu/percentiles', { isOn: true, mayTaint: false }]])
  expect([useLive.getState().form, isMenuOpen()]).toEqual([null, true])
})

test('switching off asks nothing', async () => {
  await tick({ isOn: true, problems: [], taints: true })
  expect(invoke.mock.calls).toEqual([['qemu/percentiles', { isOn: false, mayTaint: false }]])
  expect(useLive.getState().form).toBe(null)
})
