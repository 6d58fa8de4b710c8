import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import type { QmpAddress } from '#shared/qemu/qmp-address.ts'
import { makeTempFolder } from './temp-folder.ts'

// A server on a unix socket of its own that behaves as a test wants, good or bad.

export interface FakeServer {
  readonly address: QmpAddress
  readonly path: string
  /** How many clients have connected so far. */
  connections(): number
  /** How many are connected now. */
  open(): number
  /** Ends all connections; new ones are still served. */
  hangUp(): void
  close(): Promise<void>
}

export const GREETING = `${JSON.stringify({
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: 'fake' }, capabilities: ['oob'] },
})}\r\n`

export async function startFakeServer(serve: (socket: Socket, connection: number) => void): Promise<FakeServer> {
  const folder = await makeTempFolder()
  const file = path.join(folder.path, 'qmp')
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    connections += 1
    serve(socket, connections)
  })
  await new Promise<void>((resolve) => server.listen(file, resolve))
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: { kind: 'unix', path: file },
    path: file,
    connections: () => connections,
    open: () => sockets.size,
    hangUp,
    close: async () => {
      hangUp()
      await new Promise((resolve) => server.close(resolve))
      await folder.remove()
    },
  }
}

export interface FakeRequest {
  readonly execute: string
  readonly arguments?: Readonly<Record<string, unknown>>
  readonly id?: unknown
}

/** Greets, then hands each request to `answer` and sends what that returns; undefined: says nothing. Requests must be one a line. */
export function serveRequests(
  socket: Socket,
  answer: (request: FakeRequest, send: (message: object) => void) => object | undefined,
): void {
  let rest = ''
  const send = (message: object): void => {
    socket.write(`${JSON.stringify(message)}\r\n`)
  }
  socket.write(GREETING)
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    rest += text
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const request = JSON.parse(line) as FakeRequest // the client under test wrote it
      const reply = request.execute === 'qmp_capabilities' ? { return: {} } : answer(request, send)
      if (reply !== undefined) send({ ...reply, id: request.id })
    }
  })
}
