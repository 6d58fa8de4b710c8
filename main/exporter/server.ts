import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { compare } from 'bcryptjs'
import { EngineError } from '#main/engine-error.ts'
import { CONTENT_TYPES, expose, type Format, formatFor } from './exposition.ts'
import type { Family } from './families.ts'
import type { ListenAddress } from './listen-address.ts'
import type { WebConfig } from './web-config.ts'

// Gives the families at /metrics, over HTTP or HTTPS, to whom the web configuration allows.

/** Scrapers are few; more connections than this are a mistake or an attack. */
const MAX_CONNECTIONS = 64
const REQUEST_MS = 10_000
/** Compared with where there is no such user, so that the answer takes as long: the hash of a password that nobody kept. */
const NOBODY = '$2b$10$QwH/kpUoxo1z.17BHJzwAeqBCjH/TTsJpnoJR4xWWIibrJHglFmeG'

export interface MetricsServer {
  /** The port it listens at, also where 0 was asked for. */
  readonly port: number
  close(): Promise<void>
}

export async function startMetricsServer(
  address: ListenAddress,
  config: WebConfig,
  families: () => Iterable<Family>,
): Promise<MetricsServer> {
  const gate = new Gate(config.users)
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response, { gate, families })
  }
  const server = config.tls === null ? createServer(serve) : tlsServer(config.tls, serve)
  server.maxConnections = MAX_CONNECTIONS
  server.requestTimeout = REQUEST_MS
  server.headersTimeout = REQUEST_MS
  await listening(server, address)
  return {
    port: (server.address() as AddressInfo).port, // a TCP server that listens
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function tlsServer(
  { cert, key, clientCa, minVersion }: NonNullable<WebConfig['tls']>,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  try {
    const clients = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
    return createTlsServer({ cert, key, minVersion, ...clients }, serve)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EngineError(
      'permission',
      `The certificate or its key cannot be used: ${why}.`,
      'Both must be PEM files that belong together.',
      { cause },
    )
  }
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${host ?? 'every interface'}, port ${port}`
      const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message
      reject(
        new EngineError('permission', `Weir cannot listen at ${where}: ${why}.`, 'Choose another with --listen.', {
          cause,
        }),
      )
    })
    server.listen({ port, ...(host === null ? {} : { host }) }, resolve)
  })
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { gate, families }: { readonly gate: Gate; readonly families: () => Iterable<Family> },
): Promise<void> {
  const say = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
    const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers }
    response.writeHead(status, plain)
    response.end(request.method === 'HEAD' ? undefined : text)
  }
  if (!(await gate.admits(request.headers.authorization))) {
    say(401, 'Unauthorized\n', { 'www-authenticate': 'Basic realm="weir"' })
    return
  }
  const [path] = (request.url ?? '/').split('?', 1)
  if (request.method !== 'GET' && request.method !== 'HEAD') say(405, 'Use GET\n', { allow: 'GET, HEAD' })
  else if (path === '/') say(200, 'weir exporter: the metrics are at /metrics\n')
  else if (path !== '/metrics') say(404, 'The metrics are at /metrics\n')
  else {
    const format: Format = formatFor(request.headers.accept)
    say(200, await expose(families(), format), { 'content-type': CONTENT_TYPES[format] })
  }
}

/** Who may ask. A password that was right is remembered by its digest: bcrypt is made to be slow. */
class Gate {
  readonly #users: ReadonlyMap<string, string>
  readonly #right = new Map<string, Buffer>()

  constructor(users: ReadonlyMap<string, string>) {
    this.#users = users
  }

  async admits(header: string | undefined): Promise<boolean> {
    if (this.#users.size === 0) return true
    const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')
    const text = Buffer.from(match?.[1] ?? '', 'base64').toString('utf8')
    const colon = text.indexOf(':')
    if (colon < 0) return false
    const [user, password] = [text.slice(0, colon), text.slice(colon + 1)]
    const digest = createHash('sha256').update(text).digest()
    const right = this.#right.get(user)
    if (right !== undefined && timingSafeEqual(right, digest)) return true
    const hash = this.#users.get(user)
    const isRight = (await compare(password, hash ?? NOBODY)) && hash !== undefined
    if (isRight) this.#right.set(user, digest)
    return isRight
  }
}
