import { mkdir, symlink, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { QmpClient } from './qmp-client.ts'
import { closeAll, closeLater, connect, failureOf, SHORT, serve } from './testing/fake-clients.ts'
import { GREETING, serveRequests } from './testing/fake-server.ts'
import { makeTempFolder } from './testing/temp-folder.ts'
import { type Exchange, readTranscript, TRANSCRIPTS } from './testing/transcripts.ts'

afterEach(closeAll)

interface PlainExchange extends Exchange {
  readonly send: { readonly execute: string; readonly arguments?: Readonly<Record<string, unknown>> }
}

/** What a client can send: the recorder also sent broken and out-of-band requests. */
function isPlain(exchange: Exchange): exchange is PlainExchange {
  const { send } = exchange
  if (typeof send !== 'object' || send === null || typeof send.execute !== 'string') return false
  return (
    Object.keys(send).every((key) => ['execute', 'arguments', 'id'].includes(key)) && !Array.isArray(send.arguments)
  )
}

test.each(TRANSCRIPTS)('the recorded conversation %s comes through, cut into crumbs', async (name) => {
  const transcript = readTranscript(name)
  const exchanges = transcript.exchanges.filter(isPlain).filter(({ send }) => send.execute !== 'qmp_capabilities')
  let next = 0
  const server = await serve((socket) => {
    const crumbs = (text: string): void => {
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += 1009) socket.write(bytes.subarray(at, at + 1009))
    }
    serveRequests(socket, (request) => {
      const exchange = exchanges[next]
      next += 1
      expect(request.execute).toBe(exchange?.send.execute)
      expect(request.arguments ?? {}).toEqual(exchange?.send.arguments ?? {})
      for (const event of exchange?.events ?? []) crumbs(`${JSON.stringify(event)}\r\n`)
      crumbs(`${JSON.stringify({ ...exchange?.receive, id: request.id })}\r\n`)
      return undefined
    })
  })
  const client = await connect(server, { ...SHORT, commandMs: 5000 })
  const events: string[] = []
  client.onEvent((event) => events.push(event.name))
  const answers = await Promise.all(
    exchanges.map(({ send }) => client.execute({ execute: send.execute, arguments: send.arguments ?? {} })),
  )
  expect(answers).toEqual(
    exchanges.map(({ receive }) =>
      'return' in receive ? { ok: true, value: receive.return } : { ok: false, ...(receive.error as object) },
    ),
  )
  expect(events).toEqual(exchanges.flatMap((exchange) => (exchange.events ?? []).map((event) => event.event)))
})

test('answers find their command by id, whatever their order, and an event between them is heard', async () => {
  const waiting: object[] = []
  const server = await serve((socket) =>
    serveRequests(socket, (request, send) => {
      waiting.unshift({ return: request.execute, id: request.id })
      if (waiting.length < 3) return undefined
      send({ event: 'STOP', timestamp: { seconds: 1, microseconds: 2 } })
      for (const message of waiting.splice(0)) send(message)
      return undefined
    }),
  )
  const client = await connect(server)
  const events: string[] = []
  client.onEvent((event) => events.push(event.name))
  const ask = (execute: string) => client.execute({ execute, arguments: {} })
  expect(await Promise.all([ask('a'), ask('b'), ask('c')])).toEqual(
    ['a', 'b', 'c'].map((value) => ({ ok: true, value })),
  )
  expect(events).toEqual(['STOP'])
})

test('a late answer to a command that timed out is passed over, and the connection lives on', async () => {
  const server = await serve((socket) =>
    serveRequests(socket, (request, send) => {
      if (request.execute === 'quick') return { return: 'quick' }
      setTimeout(() => send({ return: 'slow', id: request.id }), 300)
      return undefined
    }),
  )
  const client = await connect(server)
  const slow = failureOf(client.execute({ execute: 'slow', arguments: {} }))
  expect(await slow).toBe('qmp-timeout: QEMU has not answered slow within 0.2 s.')
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(await client.execute({ execute: 'quick', arguments: {} })).toEqual({ ok: true, value: 'quick' })
})

test('a socket that takes the connection and stays silent is held by another client', async () => {
  const server = await serve(() => undefined)
  expect(await failureOf(QmpClient.connect(server.address, { timeouts: SHORT }))).toBe(
    `qmp-busy: unix:${server.path} sends no QMP greeting: another client holds this QMP socket, or QEMU is stuck.`,
  )
})

test('no file, no listener, a plain file: each has a message of its own', async () => {
  const folder = await makeTempFolder()
  closeLater(folder.remove)
  const file = path.join(folder.path, 'none')
  const address = { kind: 'unix', path: file } as const
  expect(await failureOf(QmpClient.connect(address, { timeouts: SHORT }))).toBe(
    `file-missing: There is no socket at ${file}.`,
  )
  await writeFile(file, '')
  expect(await failureOf(QmpClient.connect(address, { timeouts: SHORT }))).toBe(`qmp-refused: ${file} is not a socket.`)
  expect(await failureOf(QmpClient.connect({ kind: 'tcp', host: '127.0.0.1', port: 1 }, { timeouts: SHORT }))).toBe(
    'qmp-refused: Nothing listens at 127.0.0.1:1.',
  )
})

test("libvirt's own monitor is refused without being opened", async () => {
  const folder = await makeTempFolder()
  closeLater(folder.remove)
  const server = await serve((socket) => serveRequests(socket, () => undefined))
  await mkdir(path.join(folder.path, 'domain-3-web01'))
  const file = path.join(folder.path, 'domain-3-web01/monitor.sock')
  await symlink(server.path, file)
  expect(await failureOf(QmpClient.connect({ kind: 'unix', path: file }, { timeouts: SHORT }))).toBe(
    `qmp-refused: unix:${file} is not opened. This is the monitor through which libvirt runs web01: holding it while libvirtd restarts locks libvirt out.`,
  )
  expect(server.connections()).toBe(0)
})

test('a monitor that takes its time for each answer is asked many things at once', async () => {
  const server = await serve((socket) => {
    let turn = Promise.resolve()
    serveRequests(socket, (request, send) => {
      turn = turn.then(() => new Promise((resolve) => setTimeout(resolve, 120)))
      void turn.then(() => send({ return: request.execute, id: request.id }))
      return undefined
    })
  })
  const client = await connect(server)
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const answers = await Promise.all(names.map((execute) => client.execute({ execute, arguments: {} })))
  expect(answers).toEqual(names.map((value) => ({ ok: true, value })))
})

test('a QEMU that greets and then never answers is let go: no connection stays open', async () => {
  const server = await serve((socket) => void socket.resume().write(GREETING))
  expect(await failureOf(QmpClient.connect(server.address, { timeouts: SHORT }))).toBe(
    'qmp-timeout: QEMU has not answered qmp_capabilities within 0.2 s.',
  )
  await expect.poll(() => server.open()).toBe(0)
})

test.each([
  ['before the greeting', (socket: Socket) => void socket.resume()],
  ['before the first answer', (socket: Socket) => void socket.resume().write(GREETING)],
])('an attempt that is aborted %s ends at once', async (_when, behave) => {
  const server = await serve(behave)
  const controller = new AbortController()
  const timeouts = { connectMs: 60_000, greetingMs: 60_000, commandMs: 60_000 }
  const attempt = failureOf(QmpClient.connect(server.address, { timeouts, signal: controller.signal }))
  await expect.poll(() => server.open()).toBe(1)
  controller.abort()
  expect(await attempt).toBe(`cancelled: The connection to unix:${server.path} was closed.`)
  await expect.poll(() => server.open()).toBe(0)
})

test('the end of the connection ends every command under way and is told once', async () => {
  const server = await serve((socket) => serveRequests(socket, () => undefined))
  const client = await connect(server, { ...SHORT, commandMs: 5000 })
  const reasons: string[] = []
  client.onClose((reason) => reasons.push(reason.code))
  const asked = [1, 2].map(() => failureOf(client.execute({ execute: 'query-status', arguments: {} })))
  server.hangUp()
  expect((await Promise.all(asked)).map((text) => text.split(':')[0])).toEqual(['qmp-lost', 'qmp-lost'])
  client.close()
  expect(reasons).toEqual(['qmp-lost'])
})

test('whatever is wrong with a socket in a folder of libvirt, the way through libvirt is advised', async () => {
  const folder = await makeTempFolder()
  closeLater(folder.remove)
  const qemu = path.join(folder.path, 'libvirt/qemu')
  await mkdir(qemu, { recursive: true })
  await writeFile(path.join(qemu, 'file.sock'), '')
  const servers = {
    silent: await serve(() => undefined),
    early: await serve((socket) => socket.end()),
    other: await serve((socket) => void socket.write('SSH-2.0\r\n')),
    half: await serve((socket) => void socket.write('{"QMP":')),
    gone: await serve(() => undefined),
  }
  for (const [name, server] of Object.entries(servers)) {
    await symlink((server.address as { path: string }).path, path.join(qemu, `${name}.sock`))
  }
  await servers.gone.close()
  const names = ['absent', 'file', ...Object.keys(servers)]
  const adviceAt = (place: string) =>
    QmpClient.connect({ kind: 'unix', path: place }, { timeouts: SHORT }).then(
      () => 'connected',
      ({ advice }) => advice as string,
    )
  const advices = await Promise.all(names.map((name) => adviceAt(path.join(qemu, `${name}.sock`))))
  expect(
    Object.fromEntries(names.map((name, index) => [name, advices[index]?.match(/libvirt:URI#DOMAIN/g)?.length])),
  ).toEqual(Object.fromEntries(names.map((name) => [name, 1])))
  expect(await adviceAt(path.join(folder.path, 'own.sock'))).not.toContain('libvirt')
})
