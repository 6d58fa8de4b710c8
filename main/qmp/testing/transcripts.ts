import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Conversations recorded from QEMU 7.2 (Debian's 7.2.22).

export interface Exchange {
  readonly note: string
  /** What the client sent; a text where it was no JSON on purpose, null where only a further reply came. */
  readonly send: Readonly<Record<string, unknown>> | string | null
  readonly receive: Readonly<Record<string, unknown>>
  readonly events?: readonly Readonly<Record<string, unknown>>[]
  readonly raw?: boolean
}

export interface Transcript {
  readonly topic: string
  readonly greeting: Readonly<Record<string, unknown>>
  readonly exchanges: readonly Exchange[]
}

export const TRANSCRIPTS = [
  'handshake',
  'query-views',
  'removable-media',
  'block_set_io_throttle',
  'throttle-group-object',
  'throttle-filter',
  'moving-live',
  'storage-daemon',
] as const
export type TranscriptName = (typeof TRANSCRIPTS)[number]

export function readTranscript(name: TranscriptName): Transcript {
  const file = fileURLToPath(new URL(`../fixtures/transcripts/${name}.json`, import.meta.url))
  return JSON.parse(readFileSync(file, 'utf8')) as Transcript // recorded, not user input
}

/** The value QEMU returned to the n-th `command` (0: the first) after the exchange noted `after`. */
export function recordedReturn(name: TranscriptName, command: string, after: string, n = 0): unknown {
  const { exchanges } = readTranscript(name)
  const from = exchanges.findIndex((exchange) => exchange.note === after)
  if (from < 0) throw new Error(`no exchange ${JSON.stringify(after)} in ${name}`)
  const answers = exchanges
    .slice(from)
    .filter((exchange) => typeof exchange.send === 'object' && exchange.send?.execute === command)
  const answer = answers[n]
  if (!answer) throw new Error(`no ${command} after ${JSON.stringify(after)} in ${name}`)
  return answer.receive.return
}
