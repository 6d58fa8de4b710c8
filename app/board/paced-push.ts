import type { PushChannel, Pushes } from '#shared/ipc/contract.ts'
import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import type { Push } from './push.ts'

// What goes to the window is written as text. A snapshot of a thousand devices takes the main process as long to write and
// to send as to take, and all that time no other window, menu or VM gets an answer: so it is written and sent in parts,
// between which whatever waits has its turn. Each part is JSON by itself, which the page parses as it comes
// (shared/ipc/join-parts.ts): it too is held up by no more than one part.
//
//   {"source":…,"groups":{…},"devices":{}}    {"a":…,…,"b":…}    {"c":…,…}

/** Writing and sending so many takes a millisecond or two. */
const DEVICES_OF_A_PART = 125
/** A process that is that far behind sends what there is at once: snapshots come in order, and none is left out. */
const MOST_WAITING = 3

export interface PacedPushPorts {
  /** `isMore`: the rest of this push follows, before any other. */
  send(channel: PushChannel, text: string, isMore: boolean): void
  /** Calls back when what waits has had its turn. */
  later(callback: () => void): void
}

export class PacedPush {
  readonly #ports: PacedPushPorts
  /** Of the snapshot under way, the parts that are not sent yet. */
  #rest: Iterator<string> | null = null
  /** Came meanwhile, and begin when that one is sent. */
  #waiting: Snapshot[] = []

  constructor(ports: PacedPushPorts) {
    this.#ports = ports
  }

  readonly push: Push = (channel, payload) => {
    // Everything arrives in the order in which it was pushed.
    const snapshot = largeSnapshot(channel, payload)
    if (snapshot === null || this.#waiting.length === MOST_WAITING) this.#finish()
    if (snapshot === null) this.#ports.send(channel, JSON.stringify(payload), false)
    else if (this.#rest === null) this.#begin(snapshot)
    else this.#waiting.push(snapshot)
  }

  /** The page is gone, with the parts it had. */
  forget(): void {
    this.#rest = null
    this.#waiting = []
  }

  #begin(snapshot: Snapshot): void {
    const rest = partsOf(snapshot)
    this.#rest = rest
    const goOn = () => {
      if (this.#rest === rest && this.#sendNext(rest)) this.#ports.later(goOn)
    }
    this.#ports.later(goOn)
  }

  #finish(): void {
    while (this.#rest !== null) this.#sendNext(this.#rest)
  }

  /** Whether there are more. */
  #sendNext(rest: Iterator<string, string>): boolean {
    const { value, done } = rest.next()
    this.#ports.send('snapshot', value, !done)
    if (!done) return true
    this.#rest = null
    const next = this.#waiting.shift()
    if (next !== undefined) this.#begin(next)
    return false
  }
}

function largeSnapshot<P extends PushChannel>(channel: P, payload: Pushes[P]): Snapshot | null {
  if (channel !== 'snapshot') return null
  const snapshot = payload as Snapshot // the channel's own payload
  return Object.keys(snapshot.devices).length > DEVICES_OF_A_PART ? snapshot : null
}

/** The text of `snapshot` in parts, each written when it is asked for. Snapshots never change. */
function* partsOf({ devices, ...rest }: Snapshot): Generator<string, string> {
  const entries = Object.entries(devices)
  yield JSON.stringify({ ...rest, devices: {} })
  let first = 0
  for (; first + DEVICES_OF_A_PART < entries.length; first += DEVICES_OF_A_PART) {
    yield objectText(entries.slice(first, first + DEVICES_OF_A_PART))
  }
  return objectText(entries.slice(first))
}

function objectText(entries: readonly (readonly [string, DeviceSnapshot])[]): string {
  return `{${entries.map(([id, device]) => `${JSON.stringify(id)}:${JSON.stringify(device)}`).join()}}`
}
