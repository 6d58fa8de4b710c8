import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type koffi from 'koffi'

// System calls that Node has no function for, or a slow one, through koffi, a foreign-function library that brings its binaries: no
// compiler is needed. It is optional: without it disks do one request at a time, by Node's calls. Addresses are numbers,
// which hold the 47 bits of one exactly; views of foreign memory are never made, since Electron forbids them.

type Koffi = typeof koffi
/** A packaged window has no packages beside it: the library lies with the command line, outside the archive. */
const BESIDE = ['koffi.node', '../koffi.node']
const OUTSIDE = ['../../../cli/koffi.node', '../../../../cli/koffi.node']

const PROT_READ_WRITE = 3
const MAP_PRIVATE_ANONYMOUS = 0x22
const EFD_NONBLOCK_CLOEXEC = 0x80800

export interface NativeCalls {
  /** A system call; −errno where it fails. */
  call(number: number, a: number, b: number, c: number, d: number, e: number): number
  addressOf(memory: ArrayBuffer | Uint8Array): number
  /** Memory that starts on a page, outside every heap; −errno where there is none. It stays until it is given back. */
  map(bytes: number): number
  unmap(address: number, bytes: number): void
  copy(to: number, from: Uint8Array): void
  /** pread for direction 0, pwrite for 1: bytes moved, or -1. Blocks. */
  transfer(direction: 0 | 1, fd: number, address: number, bytes: number, offset: number): number
  /** The number of a new one; −errno where there is none. */
  eventFd(): number
}

/** Where addresses, sizes and offsets have 64 bits, as the calls below are declared. */
const WIDE = ['x64', 'arm64']

/** Those of this thread, once they were asked for. */
let found: NativeCalls | null | undefined

/** Null where the library is not there, does not run on this machine, or the calls are others. */
export function nativeCalls(): NativeCalls | null {
  if (found === undefined) {
    const library = process.platform === 'linux' && WIDE.includes(process.arch) ? loadKoffi() : null
    found = library === null ? null : callsOf(library)
  }
  return found
}

function callsOf(library: Koffi): NativeCalls {
  const program = library.load(null)
  const long = 'int64'
  const syscall = program.func('syscall', long, [long, long, long, long, long, long])
  const mmap = program.func('mmap', long, [long, long, 'int', 'int', 'int', long])
  const munmap = program.func('munmap', 'int', [long, long])
  const memcpy = program.func('memcpy', long, [long, long, long])
  const eventfd = program.func('eventfd', 'int', ['int', 'int'])
  const pread = program.func('pread', long, ['int', long, long, long])
  const pwrite = program.func('pwrite', long, ['int', long, long, long])
  const addressOf = (memory: ArrayBuffer | Uint8Array) => Number(library.address(memory))
  return {
    call(number, a, b, c, d, e) {
      const result: number = syscall(number, a, b, c, d, e)
      return result === -1 ? -library.errno() : result
    },
    addressOf,
    map(bytes) {
      const address: number = mmap(0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0)
      return address === -1 ? -library.errno() : address
    },
    unmap: (address, bytes) => void munmap(address, bytes),
    transfer: (direction, fd, address, bytes, offset) => (direction === 0 ? pread : pwrite)(fd, address, bytes, offset),
    copy: (to, from) => void memcpy(to, addressOf(from), from.length),
    eventFd() {
      const fd: number = eventfd(0, EFD_NONBLOCK_CLOEXEC)
      return fd === -1 ? -library.errno() : fd
    },
  }
}

function loadKoffi(): Koffi | null {
  const shipped = loadBinary()
  if (shipped !== null) return shipped
  try {
    return createRequire(import.meta.url)('koffi') as Koffi
  } catch {
    return null
  }
}

function loadBinary(): Koffi | null {
  const here = import.meta.dirname
  const places = here.includes('app.asar') ? [...BESIDE, ...OUTSIDE] : BESIDE
  const file = places.map((place) => path.join(here, place)).find((place) => fs.existsSync(place))
  if (file === undefined) return null
  const loaded: { exports: unknown } = { exports: {} }
  try {
    process.dlopen(loaded, file)
  } catch {
    return null // made for another machine
  }
  return loaded.exports as Koffi // the binary's own exports are what the package hands on
}
