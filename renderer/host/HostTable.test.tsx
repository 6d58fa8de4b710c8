// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { VmLook } from '#shared/host-look.ts'
import { hostRows } from '#shared/host-rows.ts'
import type { Fold } from '../store/host-quiet.ts'
import { HostTable } from './HostTable.tsx'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const FRAME_PX = 600
const scrollTo: { current: ((id: string) => void) | null } = { current: null }
let root: Root

beforeEach(() => {
  // Nothing is laid out here: the frame says its height, and scrolls where it is told to.
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(FRAME_PX)
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(FRAME_PX)
  vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(200 * 29 + 30)
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.innerHTML = ''
  vi.restoreAllMocks()
})

function show(count: number, fold: Fold | null = null): void {
  const vms = Array.from({ length: count }, (_, index) => vmNamed(`vm${String(index).padStart(3, '0')}`))
  const rows = hostRows({ host: 'kvm-07', nowNs: 0, wallMs: 0, problems: [], vms }, 'name')
  const [onSort, onOpen] = [() => {}, () => {}]
  const about = {
    rows,
    fold,
    sort: 'name',
    selected: 'vm000',
    units: 'binary',
    onSort,
    onOpen,
    scrollTo,
  } as const
  act(() => root.render(<HostTable {...about} />))
}

function vmNamed(name: string): VmLook {
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const none = { title: null, problem: null, seenNs: 0, iops: 0, bps: 0, disks: [], groups: [], drift: null }
  return { id: name, name, state: 'running', up: true, looks, ...none }
}

function drawn(): { readonly ids: readonly (string | undefined)[]; readonly places: readonly (string | null)[] } {
  const rows = [...document.querySelectorAll<HTMLElement>('tr[data-vm]')]
  return { ids: rows.map((row) => row.dataset.vm), places: rows.map((row) => row.getAttribute('aria-rowindex')) }
}

test('of 200 VMs only those in sight are rows, and each says which of all it is', () => {
  show(200)
  const { ids, places } = drawn()
  expect(ids.length).toBeLessThan(40)
  expect([ids[0], places[0], ids[20], places[20]]).toEqual(['vm000', '2', 'vm020', '22'])
  expect(document.querySelector('table')?.getAttribute('aria-rowcount')).toBe('201')
  const space = document.querySelector<HTMLElement>('tbody[aria-hidden] td')
  expect(space?.style.height).toBe(`${(200 - ids.length) * 29}px`)
})

test('a VM out of sight becomes a row when it is scrolled to', () => {
  show(200)
  expect(drawn().ids).not.toContain('vm150')
  act(() => {
    scrollTo.current?.('vm150')
    document.querySelector('section')?.dispatchEvent(new Event('scroll'))
  })
  const { ids, places } = drawn()
  expect(places[ids.indexOf('vm150')]).toBe('152')
  expect(ids).not.toContain('vm000')
})

test('a few VMs are all rows, without any space', () => {
  show(3)
  expect(drawn().ids).toEqual(['vm000', 'vm001', 'vm002'])
  expect(document.querySelectorAll('tbody')).toHaveLength(1)
})

test('the line of the quiet VMs stands between the others and them, and is a row of its own', () => {
  const fold = { at: 2, count: 6, iops: 1.5, bps: 2048, isOpen: true }
  show(4, fold)
  const lines = [...document.querySelectorAll<HTMLElement>('tbody tr')]
  const place = (line: HTMLElement) => [line.dataset.vm ?? line.textContent, line.getAttribute('aria-rowindex')]
  expect(lines.map(place)).toEqual([
    ['vm000', '2'],
    ['vm001', '3'],
    [expect.stringMatching(/6 quiet VMs below 1 IOPS each, together 1.5 IOPS, 2 KiB/), '4'],
    ['vm002', '5'],
    ['vm003', '6'],
  ])
  expect(document.querySelector('table')?.getAttribute('aria-rowcount')).toBe('6')
  expect(document.querySelector('[aria-expanded]')?.getAttribute('aria-expanded')).toBe('true')
})

test('a VM below the line is scrolled to where it stands', () => {
  show(200, { at: 20, count: 180, iops: 0, bps: 0, isOpen: true })
  act(() => {
    scrollTo.current?.('vm150')
    document.querySelector('section')?.dispatchEvent(new Event('scroll'))
  })
  const { ids, places } = drawn()
  expect(places[ids.indexOf('vm150')]).toBe('153')
})
