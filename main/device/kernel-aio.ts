import fs from 'node:fs'
import { assert } from '#shared/assert.ts'
import { MAX_IODEPTH } from '#shared/workspace/workspace.ts'
import { AioBuffers, BUFFER_LIMIT_BYTES } from './aio-buffers.ts'
import type { DiskClock } from './disk-port.ts'
import type { IoBuffers } from './io-buffers.ts'
import { type NativeCalls, nativeCalls } from './native-calls.ts'

// The kernel's asynchronous I/O as one iothread uses it for all its O_DIRECT disks: what QEMU calls aio=native.
//
//   put, put, put ──submit: in pieces──▶ kernel ──reap: one call──▶ owner.returned(row, result), in any order
//
// The kernel gives a disk the requests of one call together, at its end, and a disk that gets many at once often says that they are
// done at once as well: then it and the iothread would take turns. In small pieces both are at work.
//
// A request has a row as long as it is in flight, and a row has a buffer of its own to read into. Buffers are mapped
// outside every heap and given back by `close` alone, which waits: a thread that is ended in the middle leaves them mapped,
// so that the kernel never writes into memory that belongs to somebody else by then. Control blocks and events are the
// kernel's only during a call.
//
// Others end a `wait` by writing to `wakeFd`, an eventfd that the kernel watches like a request.

/** What has requests in flight. Called inside `submit` and `reap` only. */
export interface AioOwner {
  readonly inFlight: number
  /** The row is free again; `inFlight` still counts it. `result`: bytes moved, or −errno. */
  returned(row: number, result: number, nowNs: number): void
}

/** Rows, and with them requests in flight on one iothread. */
export const AIO_ROWS = MAX_IODEPTH
const WAKE_ROW = AIO_ROWS
const SETTLE_SLICE_NS = 100e6

const IOCB_BYTES = 64
const EVENT_BYTES = 32
const EVENTS = 128
const [PREAD, PWRITE, POLL] = [0, 1, 5]
const POLL_IN = 1
const EINVAL = -22

interface CallNumbers {
  readonly setup: number
  readonly destroy: number
  readonly submit: number
  readonly getEvents: number
}

const CALL_NUMBERS: Readonly<Partial<Record<string, CallNumbers>>> = {
  x64: { setup: 206, destroy: 207, getEvents: 208, submit: 209 },
  arm64: { setup: 0, destroy: 1, submit: 2, getEvents: 4 },
}

interface Opened {
  readonly native: NativeCalls
  readonly numbers: CallNumbers
  readonly context: number
}

export class KernelAio {
  readonly wakeFd: number
  /** Requests that were put and have not returned. */
  inFlight = 0
  /** Whether a request has returned since somebody set it to false. */
  hasReturned = false
  readonly #native: NativeCalls
  readonly #numbers: CallNumbers
  readonly #context: number
  readonly #clock: DiskClock
  readonly #buffers: AioBuffers
  /** Disks that use the queue and have nothing in flight. */
  #idleDisks = 0
  readonly #owners: (AioOwner | null)[] = Array.from({ length: AIO_ROWS }, () => null)
  readonly #free = Uint16Array.from({ length: AIO_ROWS }, (_, index) => AIO_ROWS - 1 - index)
  #freeCount = AIO_ROWS
  readonly #blocks = new ArrayBuffer((AIO_ROWS + 1) * IOCB_BYTES)
  readonly #blockWords = new Uint32Array(this.#blocks)
  readonly #blockNumbers = new BigUint64Array(this.#blocks)
  readonly #blocksAt: number
  /** Rows put and not yet submitted, and the addresses of their blocks as the kernel wants them. */
  readonly #rows = new Uint16Array(AIO_ROWS + 1)
  readonly #pointers = new BigUint64Array(AIO_ROWS + 1)
  readonly #pointersAt: number
  #putCount = 0
  readonly #events = new Int32Array((EVENTS * EVENT_BYTES) / 4)
  readonly #eventsAt: number
  readonly #patience = new BigInt64Array(32)
  readonly #patienceAt: number
  readonly #wakes = new Uint8Array(8)
  #isWatchingWakes = false

  /** `wakeFd`: one that an earlier iothread left, or 0. Why not, in words, where the machine does not offer it. */
  static open(wakeFd: number, clock: DiskClock, buffers: IoBuffers, native = nativeCalls()): KernelAio | string {
    const numbers = CALL_NUMBERS[process.arch]
    if (process.platform !== 'linux' || numbers === undefined)
      return `there is no asynchronous I/O of the kernel for ${process.platform} on ${process.arch}`
    if (native === null) return 'the package koffi, which reaches the kernel’s asynchronous I/O, is not installed'
    const context = new BigUint64Array(16)
    const made = native.call(numbers.setup, AIO_ROWS + 1, native.addressOf(context.buffer), 0, 0, 0)
    if (made < 0) return whyNotSetUp(-made)
    const opened = { native, numbers, context: Number(context[0]) }
    const fd = wakeFd > 0 ? wakeFd : native.eventFd()
    const aio = new KernelAio(opened, fd, clock, buffers)
    if (fd > 0 && aio.#watchWakes()) return aio
    aio.close()
    if (fd < 0) return `the iothread cannot have one more descriptor (errno ${-fd})`
    if (fd !== wakeFd) fs.closeSync(fd)
    return 'this kernel’s asynchronous I/O cannot be woken (Linux 4.19 is the first that can)'
  }

  private constructor({ native, numbers, context }: Opened, wakeFd: number, clock: DiskClock, buffers: IoBuffers) {
    this.#native = native
    this.#numbers = numbers
    this.#context = context
    this.wakeFd = wakeFd
    this.#clock = clock
    this.#buffers = new AioBuffers(AIO_ROWS, native, (bytes) => buffers.of(1, bytes))
    this.#blocksAt = native.addressOf(this.#blocks)
    this.#pointersAt = native.addressOf(this.#pointers.buffer)
    this.#eventsAt = native.addressOf(this.#events.buffer)
    this.#patienceAt = native.addressOf(this.#patience.buffer)
  }

  /** One more disk uses the queue. */
  addDisk(): void {
    this.#idleDisks += 1
  }

  /** One that has nothing in flight uses it no longer. */
  removeDisk(): void {
    this.#idleDisks -= 1
  }

  /**
   * Whether the disk may put one more request of that size now. A row is left for each disk that has none in flight, and some
   * memory for them: one that does not answer stops nobody else. Where nothing is in flight there always is room.
   */
  hasRoomFor(disk: AioOwner, bytes: number): boolean {
    if (this.#freeCount <= (disk.inFlight === 0 ? 0 : this.#idleDisks)) return false
    const row = this.#free[this.#freeCount - 1]!
    const limitBytes = disk.inFlight === 0 ? 2 * BUFFER_LIMIT_BYTES : BUFFER_LIMIT_BYTES
    const buffers = this.#buffers
    if (this.inFlight === 0 || buffers.bytes + buffers.growthOf(row, bytes) <= limitBytes) return true
    buffers.freeIdle((each) => this.#owners[each] !== null) // some had larger requests
    return buffers.bytes + buffers.growthOf(row, bytes) <= limitBytes
  }

  /** Gives back the memory of all requests that are not in flight, and of those that are, when they have returned. */
  shrink(): void {
    this.#buffers.shrink((row) => this.#owners[row] !== null)
  }

  /** Takes a row for a request, which the next `submit` hands to the kernel. Throws EngineError without memory. */
  put(owner: AioOwner, fd: number, direction: 0 | 1, offset: number, bytes: number): number {
    assert(this.#freeCount > 0, 'there is room for a request that is put')
    const row = this.#free[this.#freeCount - 1]!
    const address = direction === 0 ? this.#buffers.toRead(row, bytes) : this.#buffers.toWrite(row, bytes)
    this.#freeCount -= 1
    this.#owners[row] = owner
    if (owner.inFlight === 0) this.#idleDisks -= 1
    this.inFlight += 1
    this.#prepare(row, direction === 0 ? PREAD : PWRITE, fd, address)
    const word = (row * IOCB_BYTES) / 4
    this.#blockWords[word + 8] = bytes
    this.#blockWords[word + 10] = offset % 2 ** 32
    this.#blockWords[word + 11] = Math.floor(offset / 2 ** 32)
    return row
  }

  /** Whether there is something for `submit` to hand over. */
  get hasPut(): boolean {
    return this.#putCount > 0
  }

  /** Hands over what was put, in pieces, so that a disk begins with the first meanwhile. What the kernel refuses returns at once. */
  submit(): void {
    while (this.#putCount > 0) {
      const refused: [row: number, errno: number][] = []
      const count = this.#putCount
      const piece = pieceOf(count)
      for (let first = 0; first < count; ) {
        const at = this.#pointersAt + first * 8
        const taken = this.#native.call(this.#numbers.submit, this.#context, Math.min(piece, count - first), at, 0, 0)
        if (taken <= 0) refused.push([this.#rows[first]!, taken === 0 ? EINVAL : taken])
        first += Math.max(1, taken)
      }
      this.#putCount = 0
      for (const [row, errno] of refused) this.#finish(row, errno, this.#clock.nowNs())
    }
  }

  /** Takes what has come back, and waits for it as long as that. Returns the time then; −1 if nothing has come back. */
  reap(forNs: number): number {
    this.#patience[0] = BigInt(Math.floor(forNs / 1e9))
    this.#patience[1] = BigInt(Math.floor(forNs % 1e9))
    const least = forNs > 0 ? 1 : 0
    const { getEvents } = this.#numbers
    const count = this.#native.call(getEvents, this.#context, least, EVENTS, this.#eventsAt, this.#patienceAt)
    if (count <= 0) return -1 // a signal ends a wait, too
    const nowNs = this.#clock.nowNs()
    for (let index = 0; index < count; index += 1) {
      const word = (index * EVENT_BYTES) / 4
      this.#finish(this.#events[word]!, this.#events[word + 4]!, nowNs)
    }
    return nowNs
  }

  /** Like `reap`, but a write to `wakeFd` ends it, even one of before. */
  wait(forNs: number): number {
    this.#watchWakes()
    return this.reap(forNs)
  }

  /** Waits until nothing of the owner's is in flight. */
  settle(owner: AioOwner): void {
    while (owner.inFlight > 0) {
      this.submit()
      this.reap(SETTLE_SLICE_NS)
    }
  }

  /** Nothing is in flight any more. `wakeFd` stays open: somebody may be about to write to it. */
  close(): void {
    assert(this.inFlight === 0, 'every request has come back before the queue is closed')
    this.#native.call(this.#numbers.destroy, this.#context, 0, 0, 0, 0)
    this.shrink()
  }

  /** False where the kernel cannot. */
  #watchWakes(): boolean {
    if (!this.#isWatchingWakes) {
      this.#isWatchingWakes = true
      this.#prepare(WAKE_ROW, POLL, this.wakeFd, POLL_IN)
    }
    this.submit()
    return this.#isWatchingWakes
  }

  #prepare(row: number, operation: number, fd: number, address: number): void {
    const word = (row * IOCB_BYTES) / 4
    this.#blockWords.fill(0, word, word + IOCB_BYTES / 4)
    this.#blockWords[word] = row
    this.#blockWords[word + 4] = operation
    this.#blockWords[word + 5] = fd
    this.#blockNumbers[word / 2 + 3] = BigInt(address)
    this.#rows[this.#putCount] = row
    this.#pointers[this.#putCount] = BigInt(this.#blocksAt + row * IOCB_BYTES)
    this.#putCount += 1
  }

  #finish(row: number, result: number, nowNs: number): void {
    if (row === WAKE_ROW) {
      this.#isWatchingWakes = false
      if (result > 0) fs.readSync(this.wakeFd, this.#wakes) // only its reader empties it
      return
    }
    const owner = this.#owners[row]
    assert(owner != null, 'a request that comes back was put')
    this.#owners[row] = null
    this.#buffers.returned(row)
    this.#free[this.#freeCount] = row
    this.#freeCount += 1
    this.inFlight -= 1
    this.hasReturned = true
    if (owner.inFlight === 1) this.#idleDisks += 1
    owner.returned(row, result, nowNs)
  }
}

/** How many of so many requests one call hands over. Fewer cost more calls, more leave a disk idle: see docs/performance.md. */
function pieceOf(count: number): number {
  return Math.min(Math.max(Math.ceil(count / 8), 2), 4)
}

function whyNotSetUp(errno: number): string {
  if (errno === 11) return 'the machine has no asynchronous I/O left (sysctl fs.aio-max-nr)'
  if (errno === 1 || errno === 38) return 'the kernel’s asynchronous I/O is forbidden or left out here'
  return `the kernel’s asynchronous I/O cannot be set up (errno ${errno})`
}
