// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ReadingProgress } from '#shared/ipc/file-contract.ts'
import { formatInteger } from '#shared/units.ts'
import { ImportSourcePane } from './ImportSourcePane.tsx'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let root: Root
let tell: (progress: ReadingProgress) => void = () => undefined
let answer: (opened: null) => void = () => undefined
let listening = 0

beforeEach(() => {
  const on = (_channel: string, listener: (json: string) => void) => {
    listening += 1
    tell = (progress) => act(() => listener(JSON.stringify(progress)))
    return () => {
      listening -= 1
    }
  }
  const invoke = () =>
    new Promise<null>((resolve) => {
      answer = resolve
    })
  Object.assign(window, { weir: { invoke, on } })
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.innerHTML = ''
})

test('while a long file is read its progress is shown as a bar, a share and requests; then no longer', async () => {
  const nothing = { fileName: null, text: '' }
  act(() =>
    root.render(
      <ImportSourcePane
        source={nothing}
        choice="auto"
        reading={{ kind: 'nothing' }}
        onSource={() => undefined}
        onChoice={() => undefined}
      />,
    ),
  )
  const bar = () => document.querySelector('[role="progressbar"]')
  act(() => document.querySelector('button')?.click())
  expect([bar(), document.querySelector('button')?.textContent, listening]).toEqual([null, 'Reading…', 1])
  tell({ fraction: 0.437, requests: 1_200_000 })
  expect(bar()?.getAttribute('aria-valuenow')).toBe('44')
  expect(document.body.textContent).toContain(`43 %, ${formatInteger(1_200_000)} requests`)
  await act(async () => answer(null))
  expect([bar(), document.querySelector('button')?.textContent, listening]).toEqual([null, 'Open file…', 0])
})
