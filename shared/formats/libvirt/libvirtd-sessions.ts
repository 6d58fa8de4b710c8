import type { Step } from '../qemu/qmp-steps.ts'
import { isObject, type JsonPart, objectMember, parseJsonStream, textMember } from '../text/json-stream.ts'

// The monitors of a libvirtd's log. libvirt knows each by an address, which another QEMU may have later. The QEMU itself is
// known by its domain and by libvirt's number of that start: a libvirtd that was restarted connects again to those that run.

export interface Session {
  readonly address: string
  domain: string | null
  /** libvirt's number of the running domain; null: not in the log. */
  start: number | null
  readonly steps: Step[]
  /** The id of each step, and its place in `steps`. */
  readonly places: Map<string, number>
}

/** What was sent to one QEMU. */
export interface SentToQemu {
  readonly name: string
  readonly steps: readonly Step[]
  /** Of how many starts of the domain in this log it is the last. */
  readonly starts: number
}

export class Sessions {
  readonly #all: Session[] = []
  readonly #open = new Map<string, Session>()

  of(address: string): Session {
    const known = this.#open.get(address)
    if (known !== undefined) return known
    const made: Session = { address, domain: null, start: null, steps: [], places: new Map() }
    this.#open.set(address, made)
    this.#all.push(made)
    return made
  }

  /** The monitor was opened or closed: what follows under its address is another's. */
  end(address: string): void {
    this.#open.delete(address)
  }

  /** Of each domain its last start. */
  get qemus(): readonly SentToQemu[] {
    const starts = new Map<string, Map<number | null, Step[]>>()
    for (const { address, domain, start, steps } of this.#all) {
      const name = domain ?? `monitor ${address}`
      const known = starts.get(name) ?? new Map<number | null, Step[]>()
      starts.set(name, known.set(start, [...(known.get(start) ?? []), ...steps]))
    }
    return [...starts].map(([name, own]) => ({ name, steps: [...own.values()].at(-1) ?? [], starts: own.size }))
  }
}

/** A command, which the log may show twice: as it is sent and as it is written. */
export function noteCommand({ steps, places }: Session, { value, doubled }: JsonPart, line: number): void {
  const command = textMember(value, 'execute')
  const id = textMember(value, 'id') ?? `line ${line}`
  if (command === null || places.has(id)) return
  places.set(id, steps.length)
  steps.push({ command, arguments: objectMember(value, 'arguments'), line, reply: undefined, doubled })
}

/** Long replies to what is of no interest are not parsed. */
export function noteReply({ steps, places }: Session, said: string, isOfInterest: (command: string) => boolean): void {
  const id = /^\{"id": ?"([^"]+)"|"id": ?"([^"]+)"\}\s*$/.exec(said)
  const at = places.get(id?.[1] ?? id?.[2] ?? '')
  const step = at === undefined ? undefined : steps[at]
  if (at === undefined || step === undefined || !isOfInterest(step.command)) return
  const stream = parseJsonStream(said)
  const reply = stream.ok ? stream.value.parts[0]?.value : undefined
  if (isObject(reply)) steps[at] = { ...step, reply }
}
