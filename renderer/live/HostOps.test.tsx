// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HostState, VmLook } from '#shared/host-look.ts'
import { takeHost } from '../store/host.ts'
import { showForm, useLive } from '../store/live.ts'
import { HostOps } from './HostOps.tsx'

const ID = 'unix:/run/web01.qmp'
const BACKUP = {
  ...{ id: 'backup0', kind: 'backup', status: 'running', doneBytes: 1, totalBytes: 4, rateBps: null, error: null },
  ...{ disks: ['vda'], takesFrom: [], passesBy: ['gold'] },
}
const LIFT = { untilMs: null, job: 'backup0', names: ['gold'], isOthers: false, problem: null }

let nowNs = 0
let root: Root
const invoke = vi.fn(async (_channel: string, _payload: unknown) => ({ ok: true }))
const sent = (channel: string) => invoke.mock.calls.flatMap(([each, value]) => (each === channel ? [value] : []))

function host(part: Partial<VmLook> = {}, lifts: HostState['lifts'] = {}): HostState {
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const group = { name: 'gold', limits: { 'iops-total': 100 }, disks: ['vda'], buckets: [], throttledShare: null }
  const disk = { id: 'vda', groups: ['gold'], sizeBytes: 1, counted: true, read: null, write: null }
  const vm = {
    ...{
      id: ID,
      name: 'web01',
      title: null,
      state: 'running',
      up: true,
      problem: null,
      seenNs: 0,
      looks,
      iops: 1,
      bps: 1,
    },
    ...{ disks: [disk], groups: [group, { ...group, name: 'free', limits: {} }], drift: null, ...part },
  } as unknown as VmLook
  nowNs += 1e9
  return { look: { host: 'kvm-07', nowNs, wallMs: 0, vms: [vm], problems: [] }, opened: null, lifts, histograms: {} }
}

const take = (part?: Partial<VmLook>, lifts?: HostState['lifts']) => act(async () => takeHost(host(part, lifts)))
const button = (name: string) => [...document.querySelectorAll('button')].find((each) => each.textContent === name)
const press = (name: string) => act(async () => button(name)?.click())

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  Object.assign(window, { weir: { invoke, on: () => () => undefined } })
  invoke.mockClear()
  showForm(null)
  takeHost(host())
  root = createRoot(document.body.appendChild(document.createElement('div')))
  await act(async () => root.render(<HostOps vm={ID} />))
})
afterEach(() => act(() => root.unmount()))

test('its block jobs are asked for as long as it stands there', async () => {
  expect(sent('host/select')).toEqual([{ id: ID }])
  await act(async () => root.render(null))
  expect(sent('host/select')).toEqual([{ id: ID }, { id: null }])
})

test('the form lifts the limits of this VM, and the bar puts those of this VM back', async () => {
  await press('Lift limits…')
  expect(document.querySelector('[role=dialog]')?.textContent).toContain('Lift limits of web01')
  await press('Lift')
  expect(sent('lift/begin')).toEqual([{ vm: ID, groups: [], devices: [], seconds: 1800, job: null }])
  expect([useLive.getState().form, useLive.getState().formVm]).toEqual([null, ID])
  await take({}, { [ID]: LIFT })
  expect([button('Lift limits…'), document.body.textContent]).toEqual([
    undefined,
    expect.stringContaining('Limits of gold are lifted until backup0 ends'),
  ])
  await press('Put back now')
  expect(sent('lift/put-back')).toEqual([{ vm: ID }])
})

test('a VM without limits has nothing to lift, and one that is not reached cannot be changed', async () => {
  await take({ groups: [] })
  expect(button('Lift limits…')).toBeUndefined()
  await take({ up: false })
  expect(button('Lift limits…')?.disabled).toBe(true)
})

test('a speed goes to the job at once, and is shown as pending until a look has it', async () => {
  const job = (speedBps: number) => take({ jobs: [{ ...BACKUP, speedBps }] })
  await job(1_048_576)
  const field = () => document.querySelector<HTMLInputElement>('[aria-label="Speed of backup0 in figures"]')
  const isPending = () => document.querySelector('[data-staged]') !== null
  const type = async (text: string) => {
    const input = field()
    if (input === null) throw new Error('there is no field')
    await act(async () => {
      input.focus()
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text)
      input.dispatchEvent(new Event('input', { bubbles: true }))
    })
    await act(async () => input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })))
  }
  await type('8 MiB/s')
  expect(sent('host/job-speed')).toEqual([{ vm: ID, job: 'backup0', speedBps: 8_388_608 }])
  expect([isPending(), field()?.value]).toEqual([true, expect.stringContaining('8')])
  await job(8_388_608)
  expect(isPending()).toBe(false)
  await type('2 MiB/s')
  await job(8_388_608) // the look finds that somebody else has set it back
  expect([isPending(), field()?.value]).toEqual([false, expect.stringContaining('8')])
})
