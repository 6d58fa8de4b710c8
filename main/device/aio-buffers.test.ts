import { expect, test } from 'vitest'
import { AioBuffers } from './aio-buffers.ts'

const MIB = 1024 * 1024

/** Buffers of which the test sees how much is mapped. */
function buffers() {
  const mapped = new Map<number, number>()
  let next = 4096
  const native = {
    map(bytes: number) {
      mapped.set(next, bytes)
      next += bytes
      return next - bytes
    },
    unmap(address: number, bytes: number) {
      expect(mapped.get(address)).toBe(bytes)
      mapped.delete(address)
    },
    copy: () => {},
  }
  const mappedBytes = () => [...mapped.values()].reduce((sum, bytes) => sum + bytes, 0)
  return { of: new AioBuffers(4, native, (bytes) => new Uint8Array(bytes)), mapped, mappedBytes }
}

test('buffers stay between requests, and go when they are to shrink: at once, or when what is in flight has returned', () => {
  const { of, mappedBytes } = buffers()
  const first = of.toRead(0, 4096)
  of.toRead(1, 3 * MIB)
  of.returned(0)
  of.returned(1)
  expect([mappedBytes(), of.bytes, of.toRead(0, 100)]).toEqual([3 * MIB + 4096, 3 * MIB + 4096, first])
  of.shrink((row) => row === 0)
  expect([mappedBytes(), of.bytes]).toEqual([4096, 4096])
  of.returned(0)
  expect([mappedBytes(), of.bytes]).toEqual([0, 0])
  of.toRead(0, 4096)
  of.returned(0)
  expect(of.bytes).toBe(4096) // the new one is not outgrown
})

test('a buffer that grows takes the place of the smaller one', () => {
  const { of, mappedBytes } = buffers()
  of.toRead(2, 4096)
  expect([of.growthOf(2, 4097), of.growthOf(2, 5), of.growthOf(3, 5)]).toEqual([4096, 0, 4096])
  of.toRead(2, 4097)
  expect(mappedBytes()).toBe(8192)
})

test('what writes write stays mapped while one of them is under way, and no longer than needed', () => {
  const { of, mapped, mappedBytes } = buffers()
  const small = of.toWrite(0, 4096)
  expect(of.toWrite(1, 4096)).toBe(small)
  const large = of.toWrite(2, 5 * MIB)
  expect(mappedBytes()).toBe(6 * MIB)
  of.returned(0)
  expect(mapped.has(small)).toBe(true)
  of.returned(1)
  expect([mapped.has(small), mapped.has(large)]).toEqual([false, true])
  of.shrink((row) => row === 2)
  expect(mapped.has(large)).toBe(true)
  expect(of.toWrite(0, 4096)).not.toBe(large)
  of.returned(2)
  expect(mappedBytes()).toBe(MIB)
  of.returned(0)
  of.shrink(() => false)
  expect(mappedBytes()).toBe(0)
})
