import { EngineError } from '#main/engine-error.ts'

// Cuts a byte stream into JSON objects. QEMU ends each with CRLF, but nothing here depends on lines: an object ends where
// its braces close, so split and joined lines, and characters cut in the middle of their bytes, all come out right.
// A server may be anything: the size and depth of one object are bounded, and what is no object ends the conversation.

/** The largest honest answer, query-blockstats of a thousand disks with long backing chains, has a few MiB. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024
/** Backing chains nest, one level an image; JSON.parse takes this depth without trouble. */
export const MAX_MESSAGE_DEPTH = 1000
/** A larger buffer is given back once its object is complete. */
const IDLE_BYTES = 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const SPACE = 0x20

export class MessageSplitter {
  /** What has come of the object that has begun: one buffer that doubles, so that a drip of single bytes costs no more than they are. */
  #kept = Buffer.alloc(0)
  #keptBytes = 0
  #depth = 0
  #inString = false
  #escaped = false
  readonly #maxBytes: number

  constructor(maxBytes = MAX_MESSAGE_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** Bytes held of an object that is not complete yet. */
  get pendingBytes(): number {
    return this.#keptBytes
  }

  /** The objects that `chunk` completes, as text. Throws EngineError when the stream cannot be QMP. */
  push(chunk: Buffer): readonly string[] {
    const complete: string[] = []
    let begin = 0
    let index = 0
    while (index < chunk.length) {
      if (this.#depth > 0) {
        index = this.#objectEnd(chunk, index)
        if (this.#depth === 0) complete.push(this.#take(chunk.subarray(begin, index)))
        continue
      }
      const byte = chunk[index]! // index is below length
      if (byte > SPACE) {
        if (byte !== OPEN_BRACE) throw notQmp(chunk.subarray(index))
        begin = index
        this.#depth = 1
      }
      index += 1
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(begin))
    return complete
  }

  /**
   * Index behind the object that is open at `index`, or the chunk's end if it goes on; `#depth` is 0 in the first case. A
   * host of many VMs sends megabytes a second: the state is local while the bytes are gone through.
   */
  #objectEnd(chunk: Buffer, from: number): number {
    let [depth, inString, escaped] = [this.#depth, this.#inString, this.#escaped]
    let index = from
    for (; index < chunk.length && depth > 0 && depth <= MAX_MESSAGE_DEPTH; index += 1) {
      const byte = chunk[index]
      if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) inString = false
      } else if (byte === QUOTE) inString = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
    }
    if (depth > MAX_MESSAGE_DEPTH) {
      throw refusal(`its JSON is nested more than ${MAX_MESSAGE_DEPTH} levels deep`)
    }
    this.#depth = depth
    this.#inString = inString
    this.#escaped = escaped
    return index
  }

  #take(last: Buffer): string {
    if (this.#keptBytes === 0) return last.toString('utf8')
    this.#keep(last)
    const text = this.#kept.toString('utf8', 0, this.#keptBytes)
    this.#keptBytes = 0
    if (this.#kept.length > IDLE_BYTES) this.#kept = Buffer.alloc(0)
    return text
  }

  #keep(piece: Buffer): void {
    const bytes = this.#keptBytes + piece.length
    if (bytes > this.#maxBytes) {
      throw refusal(`one message has more than ${Math.round(this.#maxBytes / 1024 / 1024)} MiB`)
    }
    if (bytes > this.#kept.length) {
      const larger = Buffer.alloc(Math.min(this.#maxBytes, Math.max(4096, bytes, this.#kept.length * 2)))
      this.#kept.copy(larger, 0, 0, this.#keptBytes)
      this.#kept = larger
    }
    piece.copy(this.#kept, this.#keptBytes)
    this.#keptBytes = bytes
  }
}

function refusal(why: string): EngineError {
  return new EngineError(
    'qmp-refused',
    `What the server sends is not QMP: ${why}.`,
    'Check that the address is a QMP socket of QEMU (started with -qmp or -chardev … -mon mode=control).',
  )
}

/** HMP's greeting is the mistake people make most: it has an answer of its own. */
function notQmp(rest: Buffer): EngineError {
  const start = rest.subarray(0, 60).toString('utf8')
  if (/^QEMU [\d.]+ monitor/.test(start)) {
    return new EngineError(
      'qmp-refused',
      'This is a human monitor (HMP) of QEMU, not QMP.',
      'Start QEMU with -qmp unix:PATH,server=on,wait=off, or with mode=control on its -mon, and give that socket.',
    )
  }
  return refusal(`it starts with ${JSON.stringify(start)} instead of a JSON object`)
}
