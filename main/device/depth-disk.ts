import { getSystemErrorMap } from 'node:util'
import { EngineError } from '#main/engine-error.ts'
import { diskError } from './disk-error.ts'
import type { DepthPort } from './disk-port.ts'
import { ALIGNMENTS, cutShort, endOf, type FileDisk, startOf } from './file-disk.ts'
import { AIO_ROWS, type AioOwner, type KernelAio } from './kernel-aio.ts'

// A file or block device opened with O_DIRECT, with as many requests in flight as its iothread starts. What the page cache
// serves stays with the blocking calls: for it the kernel's asynchronous I/O blocks just the same.
//
// A request keeps what it was asked for by its row in the kernel's queue. One that comes back short is started again for its
// rest, and one whose blocks were too small for the device as larger ones: in a row of their own then.

const EINVAL = -22

/** What a disk needs of the kernel's queue. */
type AioQueue = Pick<KernelAio, 'addDisk' | 'removeDisk' | 'hasRoomFor' | 'put' | 'settle'>

export class DepthDisk implements DepthPort, AioOwner {
  inFlight = 0
  error: EngineError | null = null
  onDone: DepthPort['onDone'] = () => {}
  readonly #file: FileDisk
  readonly #aio: AioQueue
  #alignment: number = ALIGNMENTS[0]
  // By row: the request as it was asked for, and what of it is under way, `#from` … `#to`, in blocks of `#blocks`.
  readonly #directions = new Uint8Array(AIO_ROWS)
  readonly #offsets = new Float64Array(AIO_ROWS)
  readonly #sizes = new Float64Array(AIO_ROWS)
  readonly #waitsNs = new Float64Array(AIO_ROWS)
  readonly #startsNs = new Float64Array(AIO_ROWS)
  readonly #from = new Float64Array(AIO_ROWS)
  readonly #to = new Float64Array(AIO_ROWS)
  readonly #blocks = new Uint16Array(AIO_ROWS)

  constructor(file: FileDisk, aio: AioQueue) {
    this.#file = file
    this.#aio = aio
    aio.addDisk()
  }

  hasRoomFor(bytes: number): boolean {
    return this.#aio.hasRoomFor(this, bytes + 2 * ALIGNMENTS[1])
  }

  start(direction: 0 | 1, offset: number, bytes: number, waitNs: number, startNs: number): void {
    const alignment = this.#alignment
    const from = startOf(offset, alignment)
    const row = this.#put(direction, from, endOf(offset + bytes, alignment, this.#file.sizeBytes))
    this.#offsets[row] = offset
    this.#sizes[row] = bytes
    this.#waitsNs[row] = waitNs
    this.#startsNs[row] = startNs
  }

  returned(row: number, result: number, nowNs: number): void {
    this.inFlight -= 1
    const direction = this.#directions[row] === 0 ? 0 : 1
    const [from, to] = [this.#from[row]!, this.#to[row]!]
    if (result === to - from) {
      const bytes = this.#sizes[row]!
      this.onDone(direction, bytes, this.#waitsNs[row]!, nowNs - this.#startsNs[row]!)
    } else if (result > 0 && result % ALIGNMENTS[0] === 0 && this.#hasMoved(row, result)) this.#goOn(row, from + result)
    else if (result === EINVAL && this.#blocks[row]! < ALIGNMENTS[1]) {
      this.#alignment = ALIGNMENTS[1]
      this.#goOn(row, this.#offsets[row]!)
    } else this.error ??= result >= 0 ? cutShort(this.#file.file, from + result) : this.#failure(direction, -result)
  }

  settle(): void {
    this.#aio.settle(this)
  }

  check(): void {
    this.#file.check()
  }

  close(): void {
    this.settle()
    this.#aio.removeDisk()
    this.#file.close()
  }

  /** Whether a request that came back short goes on at a later block: at the end of a file that was cut short it does not. */
  #hasMoved(row: number, result: number): boolean {
    return result >= this.#blocks[row]! || this.#blocks[row]! < this.#alignment
  }

  /** Its row is free already, so the next may be the same one. In whole blocks, which may be larger by now than at first. */
  #goOn(row: number, offset: number): void {
    let next = row
    try {
      const end = endOf(this.#offsets[row]! + this.#sizes[row]!, this.#alignment, this.#file.sizeBytes)
      next = this.#put(this.#directions[row] === 0 ? 0 : 1, startOf(offset, this.#alignment), end)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      this.error ??= error
    }
    this.#offsets[next] = this.#offsets[row]!
    this.#sizes[next] = this.#sizes[row]!
    this.#waitsNs[next] = this.#waitsNs[row]!
    this.#startsNs[next] = this.#startsNs[row]!
  }

  #put(direction: 0 | 1, from: number, to: number): number {
    const row = this.#aio.put(this, this.#file.fd, direction, from, to - from)
    this.inFlight += 1
    this.#directions[row] = direction
    this.#from[row] = from
    this.#to[row] = to
    this.#blocks[row] = this.#alignment
    return row
  }

  #failure(direction: 0 | 1, errno: number): EngineError {
    const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error']
    const error = Object.assign(new Error(`${code}: ${text}, ${direction === 0 ? 'read' : 'write'}`), { code, errno })
    return diskError(error, this.#file.file) as EngineError // of a system error it always makes one
  }
}
