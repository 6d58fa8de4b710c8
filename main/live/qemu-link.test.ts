import { afterEach, expect, test } from 'vitest'
import { serveRequests, startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { QemuLink } from './qemu-link.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A QEMU whose guest runs until `becomes`, and how often it was asked. */
async function guest() {
  let [status, questions] = ['running', 0]
  let sendEvent: (event: string) => void = () => {}
  const server = await startFakeServer((socket) =>
    serveRequests(socket, ({ execute }, send) => {
      sendEvent = (event) => send({ event, timestamp: { seconds: 0, microseconds: 0 } })
      if (execute === 'query-name') return { return: {} }
      if (execute !== 'query-status') return { return: [] }
      questions += 1
      // An event on its way beside the answer is of a later state.
      if (status === 'stopping') {
        status = 'paused'
        send({ event: 'RESUME', timestamp: { seconds: 0, microseconds: 0 } })
        return { return: { status: 'running' } }
      }
      return { return: { status } }
    }),
  )
  cleanups.push(server.close)
  const link = await QemuLink.open(server.address, {})
  cleanups.push(() => link.close())
  return {
    link,
    questions: () => questions,
    becomes: async (next: string, event: string) => {
      const came = new Promise<void>((resolve) => link.onEvent(() => resolve()))
      status = next
      sendEvent(event)
      await came
    },
  }
}

test('whether a guest runs is asked once, and again after an event', async () => {
  const { link, questions, becomes } = await guest()
  const states = async (count: number) => {
    const found: string[] = []
    for (let asked = 0; asked < count; asked += 1) found.push(await link.runState())
    return found
  }
  expect(await states(3)).toEqual(['running', 'running', 'running'])
  expect(questions()).toBe(1)
  await becomes('paused', 'STOP')
  // One that does not run may be migrated, of which no event tells: it is asked each time.
  expect(await states(2)).toEqual(['paused', 'paused'])
  expect(questions()).toBe(3)
  await becomes('running', 'RESUME')
  expect(await states(2)).toEqual(['running', 'running'])
  expect(questions()).toBe(4)
})

test('an answer with an event beside it is not relied on', async () => {
  const { link, becomes } = await guest()
  await becomes('stopping', 'RESUME')
  expect(await link.runState()).toBe('running')
  expect(await link.runState()).toBe('paused')
})

test('what a discovery shows counts as asked', async () => {
  const { link, questions, becomes } = await guest()
  await link.discover()
  expect([await link.runState(), questions()]).toEqual(['running', 1])
  await becomes('shutdown', 'SHUTDOWN')
  await link.discover()
  expect([await link.runState(), questions()]).toEqual(['shutdown', 3])
})
