import { failed, ok, type Result } from '../issue.ts'

/** Where a QMP server listens, as the user named it. */
export type QmpAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

/** A unix socket's path must fit into `sockaddr_un`, with its closing zero. */
const MAX_SOCKET_PATH_BYTES = 107

/** `unix:/run/vm.qmp`, `/run/vm.qmp`, `./vm.qmp`, `tcp:HOST:PORT`, `HOST:PORT`, `[::1]:4444`; QEMU's `,server=on` may follow. */
export function parseQmpAddress(text: string): Result<QmpAddress> {
  // QEMU's own option is `unix:PATH,server=on,wait=off`; people paste it whole.
  const trimmed = text.trim().replace(/,(server|wait|nowait)(=(on|off))?(?=,|$).*$/, '')
  if (trimmed === '') return wrong(text, 'it is empty')
  if (trimmed.startsWith('unix:')) return unixAddress(trimmed.slice('unix:'.length), text)
  if (trimmed.startsWith('tcp:')) return tcpAddress(trimmed.slice('tcp:'.length), text)
  if (!trimmed.includes('/') && /:\d+$/.test(trimmed)) return tcpAddress(trimmed, text)
  return unixAddress(trimmed, text)
}

/** The spelling that `parseQmpAddress` reads back, whatever the user typed. */
export function formatQmpAddress(address: QmpAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return `tcp:${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

function unixAddress(path: string, text: string): Result<QmpAddress> {
  if (path === '') return wrong(text, 'the path is missing')
  const bytes = utf8Bytes(path)
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    return wrong(
      text,
      `the path has ${bytes} bytes and a socket's has at most ${MAX_SOCKET_PATH_BYTES}; use a link to it`,
    )
  }
  if (path.includes('\0')) return wrong(text, 'a path cannot contain a zero byte')
  return ok({ kind: 'unix', path })
}

function tcpAddress(text: string, whole: string): Result<QmpAddress> {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined) return wrong(whole, 'host and port are needed')
  if (port < 1 || port > 65_535) return wrong(whole, 'a port is from 1 to 65535')
  return ok({ kind: 'tcp', host, port })
}

function wrong(text: string, why: string): Result<never> {
  return failed([
    {
      path: 'qmp',
      code: 'qmp-address',
      message: `${JSON.stringify(text)} is not a QMP address: ${why}. Use unix:PATH or tcp:HOST:PORT`,
    },
  ])
}

/** Neither the window's nor Node's encoder is at hand in a pure folder. */
function utf8Bytes(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }
  return bytes
}
