import { afterEach, expect, test, vi } from 'vitest'
import { PortLists } from './port-lists.ts'
import type { VmPlace, VmPort } from './vm-port.ts'

afterEach(() => {
  vi.useRealTimers()
})

function portOf(name: string, list: () => Promise<readonly VmPlace[]>): VmPort {
  return { name, list, open: () => Promise.reject(new Error('nobody opens one')), close: () => undefined }
}

test('a port that says nothing is told after 3 s, and no more when it answers; the others are not held up', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  let answer: (places: readonly VmPlace[]) => void = () => undefined
  const found: string[] = []
  const lists = new PortLists({
    ports: [portOf('libvirt', () => new Promise((resolve) => (answer = resolve))), portOf('folder', async () => [])],
    found: (port) => {
      found.push(port.name)
      return null
    },
  })
  const first = lists.first()
  await vi.advanceTimersByTimeAsync(2999)
  expect([found, lists.problems]).toEqual([['folder'], []])
  await vi.advanceTimersByTimeAsync(2)
  await first
  expect(lists.problems).toEqual(['libvirt does not answer.'])
  answer([])
  await vi.advanceTimersByTimeAsync(0)
  expect([found, lists.problems]).toEqual([['folder', 'libvirt'], []])
})
