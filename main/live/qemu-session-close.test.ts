import { afterEach, expect, test } from 'vitest'
import { LibvirtLink } from '#main/libvirt/libvirt-link.ts'
import { FakeVirsh } from '#main/libvirt/testing/fake-virsh.ts'
import { type FakeRequest, GREETING, serveRequests, startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { QemuSession } from './qemu-session.ts'
import { attach, cleanUp, closeAll, SHORT, stateWhere } from './testing/session.ts'

// What a session does at its end: nothing is cut off that changes the VM, and nothing else is waited for.

afterEach(closeAll)

const DISK = {
  device: 'd0',
  qdev: '',
  inserted: { 'node-name': '#b1', file: 'f', drv: 'null-co', image: {}, group: 'gold', iops: 100 },
}
const HONEST: Readonly<Record<string, unknown>> = {
  'query-commands': [{ name: 'query-block' }, { name: 'block_set_io_throttle' }],
  'query-version': { qemu: { major: 7, minor: 2, micro: 0 }, package: '' },
  'query-name': { name: 'web01' },
  'query-status': { status: 'running', running: true, singlestep: false },
  'query-block': [DISK],
}
const answerOf = ({ execute }: FakeRequest) => ({ return: HONEST[execute] ?? [] })

/** Far beyond what a test may take: whoever waits for one fails. */
const LONG = { connectMs: 60_000, greetingMs: 60_000, commandMs: 60_000 }

test('an attempt to connect again is given up at the end', async () => {
  let serves = true
  const server = await startFakeServer((socket) => {
    if (serves) serveRequests(socket, answerOf)
    else socket.write(GREETING)
  })
  cleanUp(() => server.close())
  const session = await attach({ address: server.address, timeouts: LONG })
  const before = server.connections()
  serves = false
  server.hangUp()
  await stateWhere(session, ({ status }) => status === 'lost')
  session.retryNow()
  while (server.connections() === before) await new Promise((resolve) => setTimeout(resolve, 5))
  await session.close()
  expect(session.state.status).toBe('detached')
})

test('so is the first one', async () => {
  const server = await startFakeServer((socket) => void socket.write(GREETING))
  cleanUp(() => server.close())
  const session = new QemuSession({ address: server.address, timeouts: LONG })
  const connected = session.connect().catch((error: unknown) => error)
  while (server.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await session.close()
  expect(await connected).toMatchObject({ code: 'cancelled' })
})

test('through libvirt, too', async () => {
  const virsh = await FakeVirsh.start(`'dumpxml '*) hang ;;`)
  cleanUp(() => virsh.close())
  const address = { kind: 'libvirt', uri: 'test:///', domain: 'web01' } as const
  const ending = new AbortController()
  const opened = LibvirtLink.open(address, { signal: ending.signal }).catch((error: unknown) => error)
  while ((await virsh.commands()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  ending.abort()
  expect(await opened).toMatchObject({ code: 'cancelled' })
})

test('an Apply that is under way is finished first', async () => {
  const done: string[] = []
  const server = await startFakeServer((socket) =>
    serveRequests(socket, (request) => {
      if (request.execute !== 'block_set_io_throttle') return answerOf(request)
      const { id } = request
      setTimeout(() => {
        done.push(request.execute)
        socket.write(`${JSON.stringify({ return: {}, id })}\r\n`)
      }, 100)
      return undefined
    }),
  )
  cleanUp(() => server.close())
  const session = await attach({ address: server.address, timeouts: SHORT, pollMs: 60_000 })
  await session.apply(setLimits(session.workspace, 'gold', { 'iops-total': 300 }), 1)
  expect(session.state.plan.commands).toHaveLength(1)
  const sent = session.sendStaged()
  await new Promise((resolve) => setTimeout(resolve, 50))
  await session.close()
  expect([done.length, (await sent).answers.map(({ ok }) => ok)]).toEqual([1, [true]])
})
