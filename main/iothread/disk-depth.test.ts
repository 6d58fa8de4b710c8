import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFileDisk } from '#main/device/file-disk.ts'
import { IoBuffers } from '#main/device/io-buffers.ts'
import type { KernelAio } from '#main/device/kernel-aio.ts'
import { DiskDepth } from './disk-depth.ts'
import { busyWith, createIothreadMemory, isBusy } from './iothread-memory.ts'

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

test('while what was put is handed to the kernel the iothread counts as busy, with no disk in particular', () => {
  const memory = createIothreadMemory()
  const seen: unknown[] = []
  const aio = { hasPut: false, submit: () => seen.push([isBusy(memory, 3), busyWith(memory, 3)]) }
  const depth = new DiskDepth({
    ...{ memory, iothread: 3, buffers: new IoBuffers(), onShallow: () => {} },
    clock: { nowNs: () => 0, sleepUntilNs: () => {} },
  })
  depth.aio = aio as unknown as KernelAio // no more of it is asked
  depth.submit()
  expect(seen).toEqual([])
  aio.hasPut = true
  depth.submit()
  expect([seen, isBusy(memory, 3)]).toEqual([[[true, null]], false])
})
