import { mkdir, symlink, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { QmpClient, type QmpTimeouts } from './qmp-client.ts'
import { type FakeServer, GREETING, serveRequests, startFakeServer } from './testing/fake-server.ts'
import { makeTempFolder } from './testing/temp-folder.ts'
import { type Exchange, readTranscript, TRANSCRIPTS } from './testing/transcripts.ts'

const SHORT: QmpTimeouts = { connectMs: 500, greetingMs: 200, commandMs: 200 }
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(behave: Parameters<typeof startFakeServer>[0]): Promise<FakeServer> {
  const server = await startFakeServer(behave)
  cleanups.push(() => server.close())
  return server
}

async function connect(server: FakeServer, timeouts = SHORT): Promise<QmpClient> {
  const client = await QmpClient.connect(server.address, { timeouts })
  cleanups.push(() => client.close())
  return client
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EngineError)) throw new Error(`no EngineError: ${String(error)}`)
  return `${error.code}: ${error.message}`
}

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
    `qmp-busy: unix:${server.path} does not greet: another client holds this QMP socket, or QEMU is stuck.`,
  )
})

test('no file, no listener, a plain file: each has a message of its own', async () => {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
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
  cleanups.push(folder.remove)
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

const HOSTILE: readonly [string, (write: (data: string) => void, end: () => void) => void, RegExp][] = [
  ['garbage', (write) => write('\u0001\u0002 hello'), /qmp-refused: What the server sends is not QMP/],
  ['a greeting in crumbs that never ends', (write) => drip(write, GREETING), /qmp-timeout/],
  ['an endless line', (write) => flood(write, '{"QMP": "', 'x'), /qmp-refused: .* more than 32 MiB|qmp-timeout/],
  ['deep JSON', (write) => write(`{"QMP": ${'['.repeat(100_000)}`), /qmp-refused: .* nested/],
  [
    'an answer instead of a greeting',
    (write) => write('{"return": {}}'),
    /qmp-refused: .* does not start with a greeting/,
  ],
  ['a greeting without version', (write) => write('{"QMP": {}}'), /qmp-refused: .* no version/],
  ['the end at once', (_write, end) => end(), /qmp-refused: .* closed the connection without a greeting/],
]

/** One byte every 20 ms, for ever. */
function drip(write: (data: string) => void, text: string): void {
  let at = 0
  const timer = setInterval(() => {
    write(text[at % (text.length - 20)] ?? ' ')
    at += 1
  }, 20)
  cleanups.push(() => clearInterval(timer))
}

function flood(write: (data: string) => void, begin: string, filling: string): void {
  write(begin)
  const chunk = filling.repeat(1024 * 1024)
  const timer = setInterval(() => write(chunk), 0)
  cleanups.push(() => clearInterval(timer))
}

test.each(HOSTILE)('%s before the greeting is refused in time', async (_name, behave, expected) => {
  const server = await serve((socket) =>
    behave(
      (data) => {
        if (!socket.destroyed && socket.writableLength < 4 * 1024 * 1024) socket.write(data)
      },
      () => socket.end(),
    ),
  )
  const begun = performance.now()
  expect(await failureOf(QmpClient.connect(server.address, { timeouts: { ...SHORT, greetingMs: 2000 } }))).toMatch(
    expected,
  )
  expect(performance.now() - begun).toBeLessThan(2500)
})

test.each([
  ['garbage', 'nonsense', /qmp-refused/],
  ['an id that was never sent', '{"return": {}, "id": 999}', /qmp-refused: .* never sent \(id 999\)/],
  ['an id of another type', '{"return": {}, "id": {"n": 1}}', /never sent/],
  [
    'an answer without id',
    '{"error": {"class": "GenericError", "desc": "JSON parse error"}}',
    /never sent \(id missing\)/,
  ],
  ['a second greeting', GREETING, /greets a second time/],
  ['deep JSON', `{"return": ${'{"a":'.repeat(100_000)}`, /nested/],
  ['neither reply nor event', '{"hello": 1}', /is not QMP/],
  ['broken JSON', '{"return": {,}}', /not JSON/],
])('%s instead of an answer ends the connection and the command', async (_name, text, expected) => {
  const server = await serve((socket) =>
    serveRequests(socket, () => {
      socket.write(text)
      return undefined
    }),
  )
  const client = await connect(server, { ...SHORT, commandMs: 5000 })
  expect(await failureOf(client.execute({ execute: 'query-status', arguments: {} }))).toMatch(expected)
  expect(await failureOf(client.execute({ execute: 'query-status', arguments: {} }))).toMatch(expected)
})

test('a flood of events takes no memory, and the answer behind it is found', async () => {
  const event = `${JSON.stringify({ event: 'NOISE', data: { text: 'x'.repeat(1000) } })}\r\n`
  const server = await serve((socket) =>
    serveRequests(socket, () => {
      for (let count = 0; count < 20_000; count += 1) socket.write(event)
      return { return: 'behind' }
    }),
  )
  const client = await connect(server, { ...SHORT, commandMs: 20_000 })
  let heard = 0
  client.onEvent(() => {
    heard += 1
  })
  expect(await client.execute({ execute: 'query-status', arguments: {} })).toEqual({ ok: true, value: 'behind' })
  expect(heard).toBe(20_000)
})

test('an answer that never ends is refused at the bound of one message', async () => {
  const server = await serve((socket) =>
    serveRequests(socket, () => {
      flood(
        (data) => {
          if (!socket.destroyed && socket.writableLength < 4 * 1024 * 1024) socket.write(data)
        },
        '{"return": "',
        'x',
      )
      return undefined
    }),
  )
  const client = await connect(server, { ...SHORT, commandMs: 20_000 })
  const before = process.memoryUsage().rss
  expect(await failureOf(client.execute({ execute: 'query-block', arguments: {} }))).toMatch(/more than 32 MiB/)
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
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
