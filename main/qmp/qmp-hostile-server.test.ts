import { afterEach, expect, test } from 'vitest'
import { QmpClient } from './qmp-client.ts'
import { closeAll, closeLater, connect, failureOf, SHORT, serve } from './testing/fake-clients.ts'
import { GREETING, serveRequests } from './testing/fake-server.ts'

// Servers that are none, or mean harm: the client ends in time, in little memory, and says what it met.

afterEach(closeAll)

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
  closeLater(() => clearInterval(timer))
}

function flood(write: (data: string) => void, begin: string, filling: string): void {
  write(begin)
  const chunk = filling.repeat(1024 * 1024)
  const timer = setInterval(() => write(chunk), 0)
  closeLater(() => clearInterval(timer))
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
