import { isIP } from 'node:net'
import { failed, ok, type Result } from '#shared/issue.ts'
import type { WebConfig } from './web-config.ts'

export interface ListenAddress {
  /** null: every interface. */
  readonly host: string | null
  readonly port: number
}

/** `127.0.0.1:9723`, `[::1]:9723`, `localhost:9723`, `:9723` (every interface). Port 0 takes a free one. */
export function parseListenAddress(text: string): Result<ListenAddress> {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2] ?? ''
  const isHost = match?.[1] === undefined ? host === '' || host === 'localhost' || isIP(host) === 4 : isIP(host) === 6
  if (match === null || port > 65_535 || !isHost) {
    const message = `${JSON.stringify(text)} is not an address to listen at; use 127.0.0.1:9723, [::1]:9723 or :9723 for every interface`
    return failed([{ path: '--listen', code: 'listen-address', message }])
  }
  return ok({ host: host === '' ? null : host, port })
}

/** Beyond this machine only what is encrypted, and only to whom is known. */
export function checkExposure({ host }: ListenAddress, { tls, users }: WebConfig): Result<null> {
  const isLoopback = host === 'localhost' || host === '::1' || (host !== null && /^127\./.test(host))
  const isGuarded = tls !== null && (users.size > 0 || tls.clientCa !== null)
  if (isLoopback || isGuarded) return ok(null)
  const message =
    'beyond 127.0.0.1 Weir listens only with TLS and with users or client certificates; give --web-config FILE with tls_server_config and basic_auth_users, or listen at 127.0.0.1'
  return failed([{ path: '--listen', code: 'exposed', message }])
}
