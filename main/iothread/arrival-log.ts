import type { RequestStream } from '#main/load/request-stream.ts'
import type { TakenRequest } from '#main/load/taken-request.ts'

// Every request that a load asks for, on its way from an iothread to whoever records it: rows of numbers, thousands at a
// time, so that a request costs four stores.

/** Of a row: when it arrived in ns, slot of its device · 2 + direction, offset, bytes. */
export const ARRIVAL_NUMBERS = 4
const ROWS = 4096

export class ArrivalLog {
  readonly #send: (rows: Float64Array<ArrayBuffer>) => void
  #rows = new Float64Array(ROWS * ARRIVAL_NUMBERS)
  #length = 0

  constructor(send: (rows: Float64Array<ArrayBuffer>) => void) {
    this.#send = send
  }

  add(slot: number, { direction, offset, bytes, arrivalNs }: TakenRequest): void {
    const at = this.#length
    this.#rows[at] = arrivalNs
    this.#rows[at + 1] = slot * 2 + direction
    this.#rows[at + 2] = offset
    this.#rows[at + 3] = bytes
    this.#length = at + ARRIVAL_NUMBERS
    if (this.#length === this.#rows.length) this.flush()
  }

  flush(): void {
    if (this.#length === 0) return
    this.#send(this.#rows.slice(0, this.#length))
    this.#length = 0
  }
}

/** The same stream, and what is taken from it is logged. */
export function loggedStream(stream: RequestStream, slot: number, log: ArrivalLog): RequestStream {
  return {
    iodepth: stream.iodepth,
    rateIops: stream.rateIops,
    mix: stream.mix,
    dueNs: (nowNs) => stream.dueNs(nowNs),
    take: (nowNs, request) => {
      stream.take(nowNs, request)
      log.add(slot, request)
    },
    backlog: (nowNs) => stream.backlog(nowNs),
  }
}
