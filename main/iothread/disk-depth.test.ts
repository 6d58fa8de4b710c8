import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFileDisk } from '#main/device/file-disk.ts'
import { IoBuffers } from '#main/device/io-buffers.ts'
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
