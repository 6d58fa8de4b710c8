import fs from 'node:fs'
import { EngineError } from '#main/engine-error.ts'
import { diskError, fileGone } from './disk-error.ts'
import type { DiskPort } from './disk-port.ts'
import type { IoBuffers } from './io-buffers.ts'
import { type NativeCalls, nativeCalls } from './native-calls.ts'

// Real reads and writes of a file or block device with pread and pwrite, which block: on a thread of their own they are as
// fast as fio's psync (asynchronous ones reach a third of it). Node's own functions for them cost 0.2 µs more a call, so
// they serve where the native ones are not at hand, and for what is out of the ordinary: a short transfer, an error.
//
// Two ways to get one: `createFileDisk` makes a sparse file that was not there; `openFileDisk` takes a file of the
// user's, which is never created, grown, shrunk or deleted, and opened for writing only when asked to. With O_DIRECT a
// DepthDisk is put around it, where the machine offers that.

/** What O_DIRECT transfers are rounded out to; the second where a device refuses the first. */
export const ALIGNMENTS = [512, 4096] as const

export interface FileDiskOptions {
  readonly file: string
  readonly sizeBytes: number
  /** O_DIRECT instead of the page cache. */
  readonly direct: boolean
  readonly buffers: IoBuffers
}

/** Makes a sparse file of Weir's own. Throws EngineError, and leaves nothing then. */
export function createFileDisk(options: FileDiskOptions): FileDisk {
  const { O_RDWR, O_CREAT, O_EXCL } = fs.constants
  // Rounded up so that a direct transfer may be rounded out at the end, too.
  const sizeBytes = Math.ceil(options.sizeBytes / 4096) * 4096
  const fd = open(options, O_RDWR | O_CREAT | O_EXCL)
  try {
    fs.ftruncateSync(fd, sizeBytes)
  } catch (error) {
    fs.closeSync(fd)
    fs.unlinkSync(options.file)
    throw diskError(error, options.file)
  }
  return new FileDisk(fd, { ...options, sizeBytes })
}

/** Opens a file or block device of the user's. Throws EngineError. */
export function openFileDisk(options: FileDiskOptions & { readonly access: 'read' | 'read-write' }): FileDisk {
  const { O_RDONLY, O_RDWR } = fs.constants
  return new FileDisk(open(options, options.access === 'read' ? O_RDONLY : O_RDWR), options)
}

export class FileDisk implements DiskPort {
  readonly mayBlock = true
  readonly fd: number
  readonly file: string
  readonly sizeBytes: number
  readonly #direct: boolean
  readonly #buffers: IoBuffers
  readonly #isRegular: boolean
  readonly #native: NativeCalls | null
  /** By direction: the buffer that was used last, and where it lies. It moves only when it grows. */
  readonly #addressed: (Uint8Array | null)[] = [null, null]
  readonly #addresses = new Float64Array(2)
  #alignment: number = ALIGNMENTS[0]

  /** `native`: null has Node's own calls do it all. */
  constructor(fd: number, { file, direct, sizeBytes, buffers }: FileDiskOptions, native = nativeCalls()) {
    this.fd = fd
    this.file = file
    this.#direct = direct
    this.sizeBytes = sizeBytes
    this.#buffers = buffers
    this.#isRegular = fs.fstatSync(fd).isFile()
    this.#native = native
  }

  transfer(direction: 0 | 1, offset: number, bytes: number): void {
    try {
      if (this.#direct) this.#transferAligned(direction, offset, bytes)
      else this.#transferBytes(direction, offset, bytes)
    } catch (error) {
      throw diskError(error, this.file)
    }
  }

  /** A file that was deleted can still be read and written, so an I/O error would never tell. */
  check(): void {
    let links: number
    try {
      links = this.#isRegular ? fs.fstatSync(this.fd).nlink : 1
    } catch (error) {
      throw diskError(error, this.file)
    }
    if (links === 0) throw fileGone(this.file)
  }

  close(): void {
    fs.closeSync(this.fd)
  }

  #transferBytes(direction: 0 | 1, offset: number, bytes: number): void {
    const moved = this.#transferAtOnce(direction, offset, bytes)
    if (moved !== bytes) this.#transferRest(direction, offset + moved, bytes - moved)
  }

  /** Bytes moved; 0 as well where it failed or cannot be done so, and Node's call says more. */
  #transferAtOnce(direction: 0 | 1, offset: number, bytes: number): number {
    if (this.#native === null) return 0
    const buffer = this.#buffers.of(direction, bytes)
    if (this.#addressed[direction] !== buffer) {
      this.#addressed[direction] = buffer
      this.#addresses[direction] = this.#native.addressOf(buffer)
    }
    return Math.max(this.#native.transfer(direction, this.fd, this.#addresses[direction]!, bytes, offset), 0)
  }

  /** The whole without native calls; else what is left of a short transfer: a full disk, a signal, the end of the file. */
  #transferRest(direction: 0 | 1, offset: number, bytes: number): void {
    const buffer = this.#buffers.of(direction, bytes)
    let done = 0
    while (done < bytes) {
      const moved =
        direction === 0
          ? fs.readSync(this.fd, buffer, done, bytes - done, offset + done)
          : fs.writeSync(this.fd, buffer, done, bytes - done, offset + done)
      if (moved === 0) throw cutShort(this.file, offset + done)
      done += moved
    }
  }

  /** O_DIRECT takes whole blocks only, so an odd request is rounded out to them. */
  #transferAligned(direction: 0 | 1, offset: number, bytes: number): void {
    const alignment = this.#alignment
    try {
      const start = startOf(offset, alignment)
      this.#transferBytes(direction, start, endOf(offset + bytes, alignment, this.sizeBytes) - start)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL' || alignment === ALIGNMENTS[1]) throw error
      this.#alignment = ALIGNMENTS[1]
      this.#transferAligned(direction, offset, bytes)
    }
  }
}

/** Where a direct transfer starts and ends that is rounded out to whole blocks. */
export function startOf(offset: number, alignment: number): number {
  return offset - (offset % alignment)
}

export function endOf(end: number, alignment: number, sizeBytes: number): number {
  return Math.min(Math.ceil(end / alignment), Math.floor(sizeBytes / alignment)) * alignment
}

export function cutShort(file: string, offset: number): EngineError {
  return new EngineError(
    'file-missing',
    `${file} ends at byte ${offset}: it was cut short`,
    'Put the file back as it was, or make the disk smaller; then Reset.',
  )
}

function open({ file, direct }: FileDiskOptions, flags: number): number {
  try {
    return fs.openSync(file, direct ? flags | directFlag(file) : flags, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL' && direct) throw noDirect(file, { cause: error })
    throw diskError(error, file)
  }
}

function directFlag(file: string): number {
  const flag: number | undefined = fs.constants.O_DIRECT // Linux only
  if (flag === undefined) throw noDirect(file)
  return flag
}

function noDirect(file: string, options?: ErrorOptions): EngineError {
  return new EngineError(
    'disk-failed',
    `${file} cannot be opened with O_DIRECT: its file system does not offer it`,
    'Use "direct": false, or a folder on another file system.',
    options,
  )
}
