// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HostState, VmLook } from '#shared/host-look.ts'
import { addDevice, addGroup } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { setChoose } from '../store/choose.ts'
import { takeHost } from '../store/host.ts'
import { setUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { ChooseView } from './ChooseView.tsx'

const ID = 'unix:/run/web01'
const invoke = vi.fn(async (_channel: string, _request: unknown) => ({ ok: false, message: 'asked' }))
let root: Root

/** The table of a host, `atS` seconds after its first look, by which the disk of its VM has done `reads`. */
function look(atS: number, reads: number, opened: string | null): void {
  const flow = (requests: number) => ({ requests, bytes: requests * 4096 })
  const disk = { id: 'vda', groups: ['gold'], inFlight: 1, read: flow(reads), write: flow(0) }
  const vm = { id: ID, name: 'web01', up: true, seenNs: atS * 1e9, disks: [disk], groups: [], drift: null }
  const shown = { host: 'kvm-07', nowNs: atS * 1e9, wallMs: 0, vms: [vm as unknown as VmLook], problems: [] }
  takeHost({ look: shown, opened, lifts: {}, histograms: {} } satisfies HostState)
}

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  Object.assign(window, { weir: { invoke, on: () => () => undefined } })
  invoke.mockClear()
  takeHost(null)
  useWorkspace.setState({ workspace: addDevice(addGroup(EMPTY_WORKSPACE, 'gold'), 'gold', 'vda') })
  setUi({ mode: 'qemu' })
  setChoose({ open: true, source: { kind: 'group', group: 'gold' }, chart: null, status: 'empty', message: '' })
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => act(() => root.unmount()))

test('what the table measured of a VM is asked for when it is known whose board this is, also if that comes late', async () => {
  look(0, 0, null)
  look(1, 100, null)
  await act(async () => root.render(<ChooseView />))
  expect(document.body.textContent).toContain('gold has asked for nothing since Weir began to watch this VM.')
  await act(async () => look(1.1, 100, ID))
  expect(invoke.mock.calls.map(([channel]) => channel)).toEqual(['choose/chart'])
  expect(document.body.textContent).toContain('asked')
})
