import { failed, ok, type Result } from '../issue.ts'

// Where a QMP socket is, as people write it: `/run/vm.sock`, `unix:/run/vm.sock`, `127.0.0.1:4444`, `tcp:host:4444`,
// `[::1]:4444`.

export type QmpAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

/** sockaddr_un has room for 108 bytes with the closing zero; longer paths fail with a message nobody understands. */
const MAX_UNIX_PATH = 107

export function parseQmpAddress(text: string): Result<QmpAddress> {
  const trimmed = text.trim()
  if (trimmed === '') return refused('empty', 'give the path of a QMP socket, or host:port')
  if (trimmed.startsWith('unix:')) return unixAddress(trimmed.slice('unix:'.length))
  if (trimmed.startsWith('tcp:')) return tcpAddress(trimmed.slice('tcp:'.length))
  if (trimmed.includes('/')) return unixAddress(trimmed)
  return tcpAddress(trimmed)
}

/** The one spelling of an address: what is shown, stored and compared. */
export function formatQmpAddress(address: QmpAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return `tcp:${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

function unixAddress(text: string): Result<QmpAddress> {
  // QEMU's own option has `unix:PATH,server=on,wait=off`; people paste it whole.
  const path = text.replace(/,(server|wait|nowait)(=(on|off))?(?=,|$).*$/, '')
  if (!path.startsWith('/')) {
    return refused('relative-path', `${JSON.stringify(path)} is no absolute path; begin with /`)
  }
  const bytes = new TextEncoder().encode(path).length
  if (bytes > MAX_UNIX_PATH) {
    return refused('path-too-long', `this path has ${bytes} bytes; a socket's path has ${MAX_UNIX_PATH} at most`)
  }
  return ok({ kind: 'unix', path })
}

function tcpAddress(text: string): Result<QmpAddress> {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s:/,[\]]+)):(\d{1,5})(?:,.*)?$/i.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined) {
    return refused('not-an-address', `${JSON.stringify(text)} is no address; write /path/to/socket or host:port`)
  }
  if (port < 1 || port > 65_535) return refused('port', `${port} is no port; use 1 to 65535`)
  return ok({ kind: 'tcp', host, port })
}

function refused(code: string, message: string): Result<QmpAddress> {
  return failed([{ path: 'address', code, message }])
}
