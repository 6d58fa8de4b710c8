import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFileDisk } from '#main/device/file-disk.ts'
import { IoBuffers } from '#main/device/io-buffers.ts'
import type { KernelAio } from '#main/device/kernel-aio.ts'
import { DiskDepth } from './disk-depth.ts'
import { createIothreadMemory } from './iothread-words.ts'

test('without the kernel’s asynchronous I/O a disk serves one request at a time, and each device is told why', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-depth-'))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  const buffers = new IoBuffers()
  let opened = 0
  const shallow: unknown[] = []
  const depth = new DiskDepth({
    memory: createIothreadMemory(),
    iothread: 0,
    clock: { nowNs: () => 0, sleepUntilNs: () => {} },
    buffers,
    onShallow: (slot, why) => shallow.push([slot, why]),
    open: () => {
      opened += 1
      return 'it is forbidden here'
    },
  })
  const file = createFileDisk({ file: path.join(folder, 'disk-1.img'), sizeBytes: 8192, direct: false, buffers })
  expect([depth.around(file, 3), depth.around(file, 5)]).toEqual([file, file])
  expect(opened).toBe(1)
  expect(shallow).toEqual([
    [3, 'it is forbidden here'],
    [5, 'it is forbidden here'],
  ])
  depth.close()
  file.close()
})

test('a disk that owes an answer for a second is stuck, however often its iothread is woken up meanwhile', () => {
  const aio = { wakeFd: 5, inFlight: 0, hasReturned: false }
  const depth = new DiskDepth({
    memory: createIothreadMemory(),
    iothread: 0,
    clock: { nowNs: () => 0, sleepUntilNs: () => {} },
    buffers: new IoBuffers(),
    onShallow: () => {},
  })
  expect(depth.isOwed(5e9)).toBe(false)
  depth.aio = aio as unknown as KernelAio // no more of it is asked
  expect(depth.isOwed(10e9)).toBe(false)
  aio.inFlight = 3
  expect([depth.isOwed(10.9e9), depth.isOwed(11.1e9)]).toEqual([false, true])
  expect([depth.takeAnswers(11.2e9), depth.isOwed(11.3e9)]).toEqual([false, true])
  aio.hasReturned = true
  expect([depth.takeAnswers(11.4e9), depth.takeAnswers(11.5e9)]).toEqual([true, false])
  expect([depth.isOwed(12.3e9), depth.isOwed(12.5e9)]).toEqual([false, true])
})
