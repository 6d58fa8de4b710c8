import { assert } from '#shared/assert.ts'
import { MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'

// The memory that an iothread's requests read into and write from: one buffer per direction, shared by all its disks,
// since it serves one request at a time. WebAssembly memory begins on a page, which O_DIRECT needs and a plain Node
// buffer does not promise. What is written is noise, so that no file system gets away with storing zeros.

// Neither the ECMAScript nor the Node types name it, and the DOM's are not for this folder.
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
}

const PAGE_BYTES = 65_536
const FIRST_BYTES = 1024 * 1024
/** O_DIRECT rounds a request out to whole blocks at both ends. */
const LARGEST_BYTES = MAX_REQUEST_BYTES + 2 * PAGE_BYTES

export class IoBuffers {
  #read = alignedBuffer(FIRST_BYTES)
  #write = noise(alignedBuffer(FIRST_BYTES))

  /** A buffer of at least `bytes` for a direction. */
  of(direction: 0 | 1, bytes: number): Uint8Array {
    const buffer = direction === 0 ? this.#read : this.#write
    return bytes <= buffer.length ? buffer : this.#grow(direction, bytes)
  }

  #grow(direction: 0 | 1, bytes: number): Uint8Array {
    assert(bytes <= LARGEST_BYTES, 'a request is not above the largest size')
    const buffer = alignedBuffer(bytes)
    if (direction === 0) this.#read = buffer
    else this.#write = noise(buffer)
    return direction === 0 ? this.#read : this.#write
  }
}

function alignedBuffer(bytes: number): Uint8Array {
  const pages = Math.ceil(bytes / PAGE_BYTES)
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer)
}

function noise(buffer: Uint8Array): Uint8Array {
  const words = new Uint32Array(buffer.buffer)
  let state = 0x2545_f491
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state
  }
  return buffer
}
