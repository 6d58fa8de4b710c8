// @vitest-environment happy-dom
import { act } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { expect, test } from 'vitest'
import { renameDevice } from '#shared/workspace/edits.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { LimitsPanel } from './limits/LimitsPanel.tsx'
import { selectDevices } from './store/ui.ts'
import { edit, replaceWorkspace } from './store/workspace.ts'
import { WorkloadPanel } from './workload/WorkloadPanel.tsx'

const device = (id: string, group: string) => ({ id, group, disk: { kind: 'null' }, workload: { kind: 'idle' } })

test('a card that is picked up does not wait for the panels: they follow; a renamed one they follow at once', async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: { gold: {}, bulk: {} },
    devices: [device('db', 'gold'), device('web', 'bulk')],
  })
  if (!parsed.ok) throw new Error('a workspace')
  replaceWorkspace(parsed.value)
  selectDevices(['db'])
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  await act(async () =>
    root.render(
      <>
        <WorkloadPanel />
        <LimitsPanel />
      </>,
    ),
  )
  const titles = () => [...document.querySelectorAll('h1')].map(({ textContent }) => textContent)
  expect(titles()).toEqual(['db', 'gold'])
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false })
  flushSync(() => selectDevices(['web']))
  expect(titles()).toEqual(['db', 'gold'])
  await expect.poll(titles).toEqual(['web', 'bulk'])
  flushSync(() => {
    edit('Rename', (current) => renameDevice(current, 'web', 'www'))
    selectDevices(['www'])
  })
  expect(titles()).toEqual(['www', 'bulk'])
  flushSync(() => root.unmount())
})
