// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DiskLook, HostState, VmLook } from '#shared/host-look.ts'
import { takeHost } from '../store/host.ts'
import { showForm, useLive } from '../store/live.ts'
import { VmPercentiles } from './VmPercentiles.tsx'
import { vmEntries } from './vm-entries.tsx'

const ID = 'libvirt:qemu:///system#web01'
const LABEL = 'Measure latency percentiles'
const OFF = { isOn: false, problems: [], taints: false }
const invoke = vi.fn(async (_channel: string, _payload: unknown) => ({ ok: true }))
let root: Root
let nowNs = 0

function vmWith(disks: readonly DiskLook[]): VmLook {
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const none = { title: null, problem: null, seenNs: 0, iops: 0, bps: 0, groups: [], drift: null }
  return { id: ID, name: 'web01', state: 'running', up: true, looks, ...none, disks }
}

async function show(histograms: HostState['histograms'], disks: readonly DiskLook[] = []): Promise<void> {
  nowNs += 1e9
  const look = { host: 'kvm-07', nowNs, wallMs: 0, vms: [vmWith(disks)], problems: [] }
  await act(async () => {
    takeHost({ look, opened: null, lifts: {}, histograms })
    root.render(<VmPercentiles vm={vmWith(disks)} />)
  })
}

const control = () => document.querySelector<HTMLElement>('[role=switch]')
const tick = (is: boolean) => {
  const entry = vmEntries().find((each) => each.kind === 'check' && each.label === LABEL)
  if (entry?.kind !== 'check') throw new Error('the menu has no such tick')
  expect(entry.disabled).toBe(false)
  entry.onChange(is)
}

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  Object.assign(window, { weir: { invoke, on: () => () => undefined } })
  invoke.mockClear()
  showForm(null)
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => act(() => root.unmount()))

test('the switch and the menu ask for them and end them; through libvirt the user is asked first', async () => {
  await show({ [ID]: OFF })
  await act(async () => control()?.click())
  await show({ [ID]: { ...OFF, isOn: true } })
  expect(control()?.getAttribute('aria-checked')).toBe('true')
  tick(false)
  await show({ [ID]: { ...OFF, taints: true } })
  tick(true)
  expect([useLive.getState().form, useLive.getState().formVm]).toEqual(['taint', ID])
  const on = { vm: ID, isOn: true, mayTaint: false }
  expect(invoke.mock.calls).toEqual([
    ['host/percentiles', on],
    ['host/percentiles', { ...on, isOn: false }],
  ])
})

test('of a VM that is not reached none can be asked for', async () => {
  await show({})
  expect(control()?.hasAttribute('data-disabled')).toBe(true)
  expect(vmEntries().find((each) => each.kind === 'check')).toMatchObject({ checked: false, disabled: true })
})

test('what is measured is said by disk and direction, and whose histograms tell it', async () => {
  const at = (fromNs: number) => ({ fromNs, toNs: fromNs * 2 })
  const flow = {
    ...{
      iops: 1,
      bps: 1,
      latencyMeanNs: 1,
      waitMeanNs: 0,
      requests: 1,
      bytes: 1,
      failed: 0,
      totalTimeNs: 1,
      waitNs: 0,
    },
    latency: { p50: at(1e6), p95: at(2e6), p99: at(4e6), requests: 10, spanNs: 1e10 },
  }
  const counted = { sizeBytes: 1, groups: [], counted: true, inFlight: 0, throttledShare: 0, throttledNs: 0 }
  const vda = { ...counted, id: 'vda', read: { ...flow, latency: null }, write: flow, histograms: 'weir' } as const
  await show({ [ID]: { ...OFF, isOn: true, problems: ['vdb has no percentiles: so it is.'] } }, [vda])
  expect([...document.querySelectorAll('td, tbody th')].map((cell) => cell.textContent)).toEqual([
    'vda writes',
    '1–2 ms',
    '2–4 ms',
    '4–8 ms',
  ])
  expect(document.body.textContent).toContain('that Weir has set in the VM, of the last ten seconds.')
  expect(document.body.textContent).toContain('vdb has no percentiles: so it is.')
  await show({ [ID]: OFF }, [{ ...vda, write: { ...flow, latency: null }, histograms: 'other' }])
  expect(document.body.textContent).toContain('No request was completed lately.')
  expect(document.body.textContent).toContain('that another tool has set in the VM')
})
