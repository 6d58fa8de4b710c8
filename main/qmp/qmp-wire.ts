import { EngineError } from '#main/engine-error.ts'

// What a QMP server may say: a greeting once, then replies and events in any order.

export type QmpMessage = QmpGreetingMessage | QmpReply | QmpEvent

export interface QmpGreetingMessage {
  readonly kind: 'greeting'
  readonly greeting: QmpGreeting
}

export interface QmpGreeting {
  /** `7.2.22` */
  readonly version: string
  /** The distribution's name for it; '' if there is none. */
  readonly packageName: string
}

export interface QmpReply {
  readonly kind: 'reply'
  /** As we sent it; undefined: QEMU could not read a request. */
  readonly id: unknown
  readonly answer: QmpAnswer
}

export type QmpAnswer = { readonly ok: true; readonly value: unknown } | QmpFailure

export interface QmpFailure {
  readonly ok: false
  /** `GenericError`, `CommandNotFound`, `DeviceNotFound`. */
  readonly class: string
  /** QEMU's own words. */
  readonly desc: string
}

export interface QmpEvent {
  readonly kind: 'event'
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
}

export function parseQmpMessage(text: string): QmpMessage {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refusal(`it sent something that is not JSON: ${shorten(text)}`, cause)
  }
  const message = asRecord(value)
  if (message === null) throw refusal(`it sent ${shorten(text)}`)
  if ('QMP' in message) return { kind: 'greeting', greeting: parseGreeting(message.QMP) }
  if (typeof message.event === 'string') {
    return { kind: 'event', name: message.event, values: asRecord(message.data) ?? {} }
  }
  if ('return' in message) return { kind: 'reply', id: message.id, answer: { ok: true, value: message.return } }
  const error = asRecord(message.error)
  if (error === null) throw refusal(`it sent ${shorten(text)}`)
  return {
    kind: 'reply',
    id: message.id,
    answer: { ok: false, class: textOf(error.class), desc: textOf(error.desc) },
  }
}

function parseGreeting(value: unknown): QmpGreeting {
  const version = asRecord(asRecord(value)?.version)
  const qemu = asRecord(version?.qemu)
  const numbers = [qemu?.major, qemu?.minor, qemu?.micro]
  if (!numbers.every((number) => Number.isInteger(number))) throw refusal('its greeting has no version')
  return { version: numbers.join('.'), packageName: textOf(version?.package) }
}

/** A JSON object, or null. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return value as Record<string, unknown> // a JSON object's members are unknown until looked at
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)
}

function refusal(why: string, cause?: unknown): EngineError {
  return new EngineError(
    'qmp-refused',
    `What the server says is not QMP: ${why}.`,
    'Check that the address is a QMP socket of QEMU.',
    { cause },
  )
}
