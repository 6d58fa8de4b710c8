import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { asRecord } from './qmp-wire.ts'

export const QUERY_CHARDEV: QmpCommand = { execute: 'query-chardev', arguments: {} }

/** `unix:/run/a.qmp,server=on`, with `disconnected:` in front while nobody is connected. */
const LISTENING = /^(?:disconnected:)?unix:(\/.*),server\b/

/** The Unix sockets, by absolute path, on which this QEMU listens (monitors, serial lines, agents), of what query-chardev
    answers. QEMU says a relative path as it was given, which says nothing to others: it is left out. */
export function readListeningSockets(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((each) => {
    const filename = asRecord(each)?.filename
    const path = typeof filename === 'string' ? LISTENING.exec(filename)?.[1] : undefined
    return path === undefined ? [] : [path]
  })
}
