import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, type TestContext, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { DepthDisk } from './depth-disk.ts'
import { createFileDisk, type FileDisk, openFileDisk } from './file-disk.ts'
import { IoBuffers } from './io-buffers.ts'
import { type AioOwner, KernelAio } from './kernel-aio.ts'
import { type NativeCalls, nativeCalls } from './native-calls.ts'

const BLOCK = 4096
/** io_submit, as the kernel numbers it. */
const SUBMIT = process.arch === 'x64' ? 209 : 2
const buffers = new IoBuffers()
/** Time moves on by 1 each time somebody looks. */
const clock = { now: 0, nowNs: () => (clock.now += 1), sleepUntilNs: () => {} }
let folder: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-depth-'))
})

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

/** The kernel's own queue; the test is skipped, and says why, where the machine has none. */
function kernelAio(context: TestContext, native = nativeCalls()): KernelAio {
  const aio = KernelAio.open(0, clock, buffers, native)
  if (typeof aio === 'string') return context.skip(aio)
  onTestFinished(() => {
    aio.close()
    fs.closeSync(aio.wakeFd)
  })
  return aio
}

function directFile(context: TestContext, sizeBytes: number): FileDisk {
  try {
    return createFileDisk({ file: path.join(folder, 'disk-1.img'), sizeBytes, direct: true, buffers })
  } catch (error) {
    if (!(error instanceof EngineError) || !error.message.includes('O_DIRECT')) throw error
    return context.skip(error.message)
  }
}

/** The disk, and what it says of the requests it has done: direction, bytes, wait. */
function listened(disk: DepthDisk) {
  const done: (readonly [direction: number, bytes: number, waitNs: number])[] = []
  disk.onDone = (direction, bytes, waitNs) => done.push([direction, bytes, waitNs])
  return { disk, done }
}

/** A queue that does nothing until the test says what has come back. */
function handQueue() {
  const rows: { owner: AioOwner; fd: number; direction: number; offset: number; bytes: number }[] = []
  return {
    rows,
    addDisk: () => {},
    removeDisk: () => {},
    hasRoomFor: () => true,
    settle: () => {},
    put: (owner: AioOwner, fd: number, direction: number, offset: number, bytes: number) =>
      rows.push({ owner, fd, direction, offset, bytes }) - 1,
  }
}

test('every request that is started comes back once, and what was written is there', (context) => {
  const aio = kernelAio(context)
  const file = directFile(context, 64 * BLOCK)
  const { disk, done } = listened(new DepthDisk(file, aio))
  for (let block = 0; block < 64; block += 1) disk.start(1, block * BLOCK, BLOCK, block, 0)
  expect([disk.inFlight, done.length]).toEqual([64, 0])
  disk.settle()
  for (let block = 0; block < 64; block += 1) disk.start(0, block * BLOCK, BLOCK, 64 + block, 0)
  disk.close() // waits for the reads
  expect([disk.inFlight, aio.inFlight, disk.error]).toEqual([0, 0, null])
  expect(done.map(([, , waitNs]) => waitNs).sort((a, b) => a - b)).toEqual(Array.from({ length: 128 }, (_, row) => row))
  expect(done.filter(([direction, bytes]) => direction === 1 && bytes === BLOCK)).toHaveLength(64)
  const text = fs.readFileSync(path.join(folder, 'disk-1.img'))
  for (let block = 0; block < 64; block += 1)
    expect(new Set(text.subarray(block * BLOCK, (block + 1) * BLOCK)).size).toBeGreaterThan(200)
})

test('requests go to the kernel in small pieces, so that the disk begins before all have gone', (context) => {
  const sizes: number[] = []
  const native = nativeCalls()
  const watched: NativeCalls | null = native && {
    ...native,
    call(...args) {
      const [number, , count] = args
      if (number === SUBMIT) sizes.push(count)
      return native.call(...args)
    },
  }
  const disk = new DepthDisk(directFile(context, 64 * BLOCK), kernelAio(context, watched))
  const piecesOf = (count: number): readonly number[] => {
    sizes.length = 0
    for (let block = 0; block < count; block += 1) disk.start(0, block * BLOCK, BLOCK, 0, 0)
    disk.settle()
    return sizes.slice()
  }
  expect([1, 2, 5, 16, 32, 64].map((count) => piecesOf(count).join(' '))).toEqual([
    '1',
    '2',
    '2 2 1',
    '2 2 2 2 2 2 2 2',
    '4 4 4 4 4 4 4 4',
    '4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4',
  ])
  expect([disk.error, disk.inFlight]).toEqual([null, 0])
  disk.close()
})

test('odd and large requests go as whole blocks and are counted as they were asked for', (context) => {
  const { disk, done } = listened(new DepthDisk(directFile(context, 8_000_000), kernelAio(context)))
  const asked = [512, 1000, 5 * 1024 * 1024, 4096]
  for (const [index, bytes] of asked.entries()) disk.start(index % 2 === 0 ? 1 : 0, index * 1000, bytes, index, 0)
  disk.start(0, 7_999_000, 1000, 4, 0)
  disk.close()
  expect(disk.error).toBe(null)
  expect(done.toSorted((a, b) => a[2] - b[2]).map(([, bytes]) => bytes)).toEqual([...asked, 1000])
})

test('requests come back in any order, each with its own size, wait and service time', (context) => {
  const queue = handQueue()
  const file = directFile(context, 64 * BLOCK)
  const disk = new DepthDisk(file, queue)
  const done: unknown[] = []
  disk.onDone = (...request) => done.push(request)
  for (const [row, direction] of ([0, 1, 0] as const).entries())
    disk.start(direction, row * BLOCK, BLOCK * (row + 1), row, row * 10)
  for (const row of [2, 0, 1]) disk.returned(row, BLOCK * (row + 1), 100)
  expect(done).toEqual([
    [0, 3 * BLOCK, 2, 80],
    [0, BLOCK, 0, 100],
    [1, 2 * BLOCK, 1, 90],
  ])
  file.close()
})

test('a request that comes back short goes on with its rest, one whose blocks are too small with larger ones', (context) => {
  const queue = handQueue()
  const file = directFile(context, 64 * BLOCK)
  const { disk, done } = listened(new DepthDisk(file, queue))
  disk.start(0, 8 * BLOCK, 2 * BLOCK, 7, 0)
  disk.returned(0, BLOCK, 1)
  disk.start(1, 1000, 1000, 8, 0)
  disk.returned(2, -22, 1)
  const put = queue.rows.map(({ offset, bytes }) => [offset, bytes])
  expect(put).toEqual([
    [8 * BLOCK, 2 * BLOCK],
    [9 * BLOCK, BLOCK],
    [512, 1536],
    [0, BLOCK],
  ])
  disk.returned(1, BLOCK, 2)
  disk.returned(3, BLOCK, 2)
  expect([done, disk.inFlight, disk.error]).toEqual([
    [
      [0, 2 * BLOCK, 7],
      [1, 1000, 8],
    ],
    0,
    null,
  ])
  file.close()
})

test('what goes on is in whole blocks, also where they have become larger meanwhile', (context) => {
  const queue = handQueue()
  const file = directFile(context, 64 * BLOCK)
  const { disk, done } = listened(new DepthDisk(file, queue))
  disk.start(0, 512, 2 * BLOCK, 1, 0)
  disk.start(0, 1000, 1000, 2, 0)
  disk.returned(1, -22, 1) // its blocks are too small: from now on they are larger
  disk.returned(0, 1024, 1) // goes on at 1536, which is within a block
  expect(queue.rows.slice(2).map(({ offset, bytes }) => [offset, bytes])).toEqual([
    [0, BLOCK],
    [0, 3 * BLOCK],
  ])
  disk.returned(3, BLOCK + 512, 1)
  expect(queue.rows.slice(4).map(({ offset, bytes }) => [offset, bytes])).toEqual([[BLOCK, 2 * BLOCK]])
  disk.returned(4, 2 * BLOCK, 1)
  disk.returned(2, BLOCK, 1)
  expect([done, disk.inFlight, disk.error]).toEqual([
    [
      [0, 2 * BLOCK, 1],
      [0, 1000, 2],
    ],
    0,
    null,
  ])
  file.close()
})

test('a file that ends within a block is cut short, not read for ever', (context) => {
  const queue = handQueue()
  const file = directFile(context, 64 * BLOCK)
  const { disk } = listened(new DepthDisk(file, queue))
  disk.start(0, 0, 512, 1, 0)
  disk.returned(0, -22, 1)
  disk.returned(1, 512, 1)
  expect([queue.rows.length, disk.inFlight, disk.error?.code]).toEqual([2, 0, 'file-missing'])
  file.close()
})

test('a disk that takes all it can get leaves one request to each other, and large buffers leave room', (context) => {
  const aio = kernelAio(context)
  const [hog, other, third] = ['1', '2', '3'].map((name) => {
    const file = path.join(folder, `disk-${name}.img`)
    return new DepthDisk(createFileDisk({ file, sizeBytes: 64 * BLOCK, direct: true, buffers }), aio)
  }) as [DepthDisk, DepthDisk, DepthDisk]
  let started = 0
  for (; hog.hasRoomFor(BLOCK); started += 1) hog.start(0, (started % 64) * BLOCK, BLOCK, 0, 0)
  expect([started, other.hasRoomFor(BLOCK), third.hasRoomFor(BLOCK)]).toEqual([1022, true, true])
  other.start(0, 0, BLOCK, 0, 0)
  expect([other.hasRoomFor(BLOCK), hog.hasRoomFor(BLOCK), third.hasRoomFor(BLOCK)]).toEqual([false, false, true])
  third.start(0, 0, BLOCK, 0, 0)
  hog.settle()
  other.settle()
  third.close()
  expect(hog.hasRoomFor(BLOCK)).toBe(true)
  for (const disk of [hog, other]) disk.close()
})

test('an error keeps its kind, and the first one counts', (context) => {
  const aio = kernelAio(context)
  directFile(context, 64 * BLOCK).close()
  const options = { file: path.join(folder, 'disk-1.img'), sizeBytes: 64 * BLOCK, direct: true, buffers }
  const readOnly = listened(new DepthDisk(openFileDisk({ ...options, access: 'read' }), aio))
  readOnly.disk.start(0, 0, BLOCK, 0, 0)
  readOnly.disk.start(1, 0, BLOCK, 0, 0)
  readOnly.disk.start(0, BLOCK, BLOCK, 0, 0)
  readOnly.disk.close()
  expect([readOnly.disk.error?.code, readOnly.done.length, aio.inFlight]).toEqual(['permission', 2, 0])
  const cut = listened(new DepthDisk(openFileDisk({ ...options, access: 'read' }), aio))
  fs.truncateSync(options.file, 8 * BLOCK)
  for (const block of [0, 32, 1]) cut.disk.start(0, block * BLOCK, BLOCK, 0, 0)
  cut.disk.close()
  expect([cut.disk.error?.code, cut.done.length]).toEqual(['file-missing', 2])
  expect(cut.disk.error?.message).toContain(`ends at byte ${32 * BLOCK}`)
})

test('a write to the wake descriptor ends a wait, one of before too, and the next one waits again', (context) => {
  const aio = kernelAio(context)
  const file = directFile(context, 64 * BLOCK)
  const one = new Uint8Array(new BigUint64Array([1n]).buffer)
  for (let round = 0; round < 3; round += 1) {
    fs.writeSync(aio.wakeFd, one)
    aio.wait(3600e9) // would outlast the test
  }
  expect(aio.wait(1)).toBe(-1)
  file.close()
})

test('no more is in flight than there are rows, and room comes back with the requests', (context) => {
  const aio = kernelAio(context)
  const { disk, done } = listened(new DepthDisk(directFile(context, 64 * BLOCK), aio))
  let started = 0
  for (; disk.hasRoomFor(BLOCK); started += 1) disk.start(0, (started % 64) * BLOCK, BLOCK, 0, 0)
  expect(started).toBe(1024)
  disk.settle()
  expect([done.length, disk.hasRoomFor(BLOCK)]).toEqual([1024, true])
  disk.close()
})
