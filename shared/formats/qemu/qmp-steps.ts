import { isObject, type JsonObject, type JsonPart, member, objectMember, textMember } from '../text/json-stream.ts'

// The commands of a script or of a recorded conversation, each with its reply.

export interface Step {
  readonly command: string
  readonly arguments: JsonObject
  readonly line: number
  /** undefined: no reply in the text. */
  readonly reply: unknown
  /** A key of it that is there twice: a sentence. */
  readonly doubled: string | null
}

export function stepsOf(parts: readonly JsonPart[]): readonly Step[] {
  const steps: Step[] = []
  let answered = 0
  for (const { value, line, doubled } of parts.flatMap(unwrap)) {
    const command = textMember(value, 'execute') ?? textMember(value, 'exec-oob')
    const step = steps[answered]
    if (command !== null) {
      steps.push({ command, arguments: objectMember(value, 'arguments'), line, reply: undefined, doubled })
    } else if (step && isObject(value) && (Object.hasOwn(value, 'return') || Object.hasOwn(value, 'error'))) {
      // QEMU answers in order; a reply belongs to the oldest command that has none.
      steps[answered] = { ...step, reply: value }
      answered += 1
    }
  }
  return steps
}

/** Lists, and the `{ "exchanges": [ { "send", "receive" } ] }` of a recording, lie flat. */
function unwrap(part: JsonPart): readonly JsonPart[] {
  const inside = (value: unknown): readonly JsonPart[] => unwrap({ ...part, value, doubled: null })
  const { value } = part
  if (Array.isArray(value)) return value.flatMap(inside)
  const exchanges = member(value, 'exchanges')
  if (Array.isArray(exchanges)) return exchanges.flatMap(inside)
  const [sent, received] = [member(value, 'send'), member(value, 'receive')]
  if (sent === undefined) return [part]
  return received === undefined ? inside(sent) : [...inside(sent), ...inside(received)]
}

/** Why QEMU did not do it, by its reply; HMP says so in what it returns. */
export function refusalInReply({ command, reply }: Step): string | null {
  if (isObject(reply) && Object.hasOwn(reply, 'error')) {
    return textMember(objectMember(reply, 'error'), 'desc') ?? 'no reason given'
  }
  const answer = textMember(reply, 'return')
  return command === 'human-monitor-command' && answer?.startsWith('Error:') ? answer.slice(7).trim() : null
}
