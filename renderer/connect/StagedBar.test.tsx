// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { QemuApplyReply, QemuState } from '#shared/ipc/contract.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { attachedState } from '../store/testing/qemu-state.ts'
import { setUi, useUi } from '../store/ui.ts'
import { currentWorkspace, replaceWorkspace, undo } from '../store/workspace.ts'
import { StagedBar } from './StagedBar.tsx'

const REALITY = { ...EMPTY_WORKSPACE, groups: { gold: { 'iops-total': 1000 } } }
const STATE = attachedState({
  reality: REALITY,
  plan: {
    changes: [
      { subject: 'gold: IOPS', from: '1 000', to: '1 500' },
      { subject: 'batch-etl', from: 'gold', to: 'bulk' },
    ],
    commands: ['{"execute":"qom-set"}'],
    warnings: ['Applying empties the buckets of gold and bulk: both may burst again.'],
    impossible: ['scratch has no medium.'],
  },
})

let reply: QemuApplyReply
const invoke = vi.fn((channel: string) => Promise.resolve(channel === 'qemu/apply' ? reply : { ok: true }))

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let root: Root
beforeEach(() => {
  invoke.mockClear()
  Object.assign(window, { weir: { invoke, on: () => () => undefined } })
  setUi({ qemu: STATE, notices: [] })
  replaceWorkspace({ ...EMPTY_WORKSPACE, groups: { gold: { 'iops-total': 1500 } } })
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.innerHTML = ''
})

function show(state: Partial<QemuState> = {}): void {
  setUi({ qemu: { ...STATE, ...state } })
  act(() => root.render(<StagedBar />))
}

function bar(): Element | null {
  return document.querySelector('[aria-label="Staged changes"]')
}

function button(name: string): HTMLButtonElement {
  const found = [...(bar()?.querySelectorAll('button') ?? [])].find((each) => each.textContent === name)
  if (!found) throw new Error(`there is no button ${name}`)
  return found
}

/** Also what the answer of the main process brings about. */
async function press(name: string): Promise<void> {
  await act(async () => {
    button(name).click()
    await Promise.resolve()
  })
}

test('old values are struck through beside new ones, with what applying does and what cannot be done', () => {
  show()
  expect([...(bar()?.children ?? [])].map((child) => child.textContent)).toEqual([
    '2 changes not applied yet',
    'gold: IOPS 1 000 → 1 500',
    'batch-etl: gold → bulk',
    'Applying empties the buckets of gold and bulk: both may burst again.',
    'scratch has no medium.',
    'Show commandsRevertApply',
  ])
  expect([...(bar()?.querySelectorAll('del') ?? [])].map((each) => each.textContent)).toEqual(['1 000', 'gold'])
})

test('of a libvirt domain the bar asks whether the next start has it, too; of others it does not', () => {
  show()
  expect(bar()?.querySelector('[role=switch]')).toBeNull()
  show({ nextStart: true })
  const tick = bar()?.querySelector<HTMLElement>('[role=switch]')
  expect([tick?.getAttribute('aria-checked'), bar()?.textContent]).toEqual([
    'true',
    expect.stringContaining('Also at the next start (--config)'),
  ])
  act(() => tick?.click())
  expect(invoke).toHaveBeenCalledWith('qemu/next-start', { isOn: false })
})

test('without a plan there is no bar', () => {
  show({ plan: { changes: [], commands: [], warnings: [], impossible: [] } })
  expect(bar()).toBeNull()
})

test('Revert takes the limits of the VM as one step that can be undone', async () => {
  show()
  await press('Revert')
  expect(currentWorkspace().groups).toEqual({ gold: { 'iops-total': 1000 } })
  undo()
  expect(currentWorkspace().groups).toEqual({ gold: { 'iops-total': 1500 } })
})

test('Revert takes over what the VM drifted to, and says that it did and from what', async () => {
  show({ drift: ['gold: IOPS: 1 200 → 1 000'] })
  await press('Revert')
  expect(currentWorkspace().groups).toEqual({ gold: { 'iops-total': 1000 } })
  expect(useUi.getState().notices.map(({ tone, message }) => [tone, message])).toEqual([
    ['warn', 'Reverted to what the VM runs. It differs from what was set: gold: IOPS: 1 200 → 1 000.'],
  ])
})

test('Revert without drift is announced, no more', async () => {
  show()
  await press('Revert')
  expect(useUi.getState()).toMatchObject({ notices: [], announcement: { text: 'Reverted to what the VM runs.' } })
})

test('an Apply that took says so in a toast; it was asked for with the commands that were shown', async () => {
  reply = { ok: true, answers: [], message: '2 changes are in force.' }
  show()
  await press('Apply')
  expect(invoke).toHaveBeenCalledWith('qemu/apply', { commands: ['{"execute":"qom-set"}'] })
  expect(useUi.getState().notices.map((notice) => notice.message)).toEqual(['2 changes are in force.'])
})

test('an Apply that took in part lists every command with its answer', async () => {
  reply = {
    ok: false,
    answers: [
      { command: '{"execute":"qom-set"}', ok: true, answer: 'done' },
      { command: '{"execute":"blockdev-reopen"}', ok: false, answer: 'GenericError: no such node' },
    ],
    message: 'One of two commands failed.',
  }
  show()
  await press('Apply')
  const report = document.querySelector('[role=dialog]')
  expect(report?.textContent).toContain('1 of 2 commands failed')
  expect([...(report?.querySelectorAll('li') ?? [])].map((item) => [item.dataset.ok, item.textContent])).toEqual([
    ['true', '{"execute":"qom-set"}done'],
    [undefined, '{"execute":"blockdev-reopen"}GenericError: no such node'],
  ])
})

test('a VM that is lost takes no Apply', () => {
  show({ status: 'lost' })
  expect(button('Apply').disabled).toBe(true)
})
