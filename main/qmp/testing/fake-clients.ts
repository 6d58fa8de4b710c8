import { EngineError } from '#main/engine-error.ts'
import { QmpClient, type QmpTimeouts } from '../qmp-client.ts'
import { type FakeServer, startFakeServer } from './fake-server.ts'

// Servers that behave as a test wants, and clients at them, until `closeAll`.

export const SHORT: QmpTimeouts = { connectMs: 500, greetingMs: 200, commandMs: 200 }
const cleanups: (() => unknown)[] = []

/** Done by `closeAll`, the latest first. */
export function closeLater(cleanup: () => unknown): void {
  cleanups.push(cleanup)
}

/** After each test. */
export async function closeAll(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}

export async function serve(behave: Parameters<typeof startFakeServer>[0]): Promise<FakeServer> {
  const server = await startFakeServer(behave)
  cleanups.push(() => server.close())
  return server
}

export async function connect(server: FakeServer, timeouts = SHORT): Promise<QmpClient> {
  const client = await QmpClient.connect(server.address, { timeouts })
  cleanups.push(() => client.close())
  return client
}

/** `code: message` of the EngineError with which it ends. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EngineError)) throw new Error(`no EngineError: ${String(error)}`)
  return `${error.code}: ${error.message}`
}
