// @vitest-environment happy-dom
import { act, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DialogKeys, later, loadTheRest, useDialogsNeeded } from './later.tsx'
import { openDialog, setUi, useUi } from './store/ui.ts'

let root: Root
const text = () => document.body.textContent

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.stubGlobal('requestIdleCallback', (callback: () => void) => setTimeout(callback))
  vi.stubGlobal('cancelIdleCallback', clearTimeout)
  setUi({ dialog: null, notices: [] })
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
})

const show = (node: ReactNode) => act(async () => root.render(node))

/** A piece that says `name`, and what lets it arrive. */
function piece(name: string) {
  let resolve: (component: () => ReactNode) => void
  let reject: (error: Error) => void
  const arrival = new Promise<() => ReactNode>((...settle) => {
    ;[resolve, reject] = settle
  })
  const load = vi.fn(() => arrival)
  return { load, arrive: () => act(async () => resolve(() => name)), fail: () => act(async () => reject(new Error())) }
}

test('what comes later is not asked for before it is shown; once there, it is there at once', async () => {
  const { load, arrive } = piece('the result')
  const Result = later(load, 'waiting')
  expect(load).not.toHaveBeenCalled()
  await show(<Result />)
  expect(text()).toBe('waiting')
  await arrive()
  expect(text()).toBe('the result')
  act(() => root.render(<Result key="another" />))
  expect([text(), load.mock.calls.length]).toEqual(['the result', 1])
})

test('a piece that cannot be loaded is told, and closes what was asked for', async () => {
  const { load, fail } = piece('')
  const Broken = later(load)
  openDialog('export')
  await show(<Broken />)
  await fail()
  const { dialog, notices } = useUi.getState()
  expect([dialog, notices.map(({ message }) => message)]).toEqual([null, ['A part of the window could not be loaded.']])
})

test('a dialog that is asked for has the keyboard before it is there, but for the palette, which is; Escape takes it back', async () => {
  const onBoard = vi.fn()
  document.body.addEventListener('keydown', onBoard)
  const press = (key: string) =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await show(<DialogKeys />)
  expect([press('Delete'), onBoard.mock.calls.length]).toEqual([true, 1])
  openDialog('export')
  expect([press('Delete'), onBoard.mock.calls.length]).toEqual([false, 1])
  openDialog('palette')
  expect([press('g'), onBoard.mock.calls.length]).toEqual([true, 2])
  openDialog('export')
  press('Escape')
  expect([useUi.getState().dialog, onBoard.mock.calls.length]).toEqual([null, 2])
  document.body.removeEventListener('keydown', onBoard)
})

test('dialogs are needed from the first that is asked for; everything loads in the end, one after the other', async () => {
  const [first, second] = [piece('first'), piece('second')]
  later(first.load)
  later(second.load)
  function Needed() {
    return useDialogsNeeded() ? 'needed' : 'not yet'
  }
  await show(<Needed />)
  expect(text()).toBe('not yet')
  const stop = loadTheRest()
  const soon = (check: () => void) => act(() => vi.waitFor(check))
  await soon(() => expect(first.load).toHaveBeenCalled())
  expect(second.load).not.toHaveBeenCalled()
  await first.arrive()
  await soon(() => expect(second.load).toHaveBeenCalled())
  expect(text()).toBe('not yet')
  await second.arrive()
  await soon(() => expect(text()).toBe('needed'))
  stop()
})
