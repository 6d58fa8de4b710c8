import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'vitest'
import { IoBuffers } from '#main/device/io-buffers.ts'
import { KernelAio } from '#main/device/kernel-aio.ts'

/** Skips the test, with the reason, where disks have no depth. */
export function needsDepth(context: TestContext): void {
  const aio = KernelAio.open(0, { nowNs: () => 0, sleepUntilNs: () => {} }, new IoBuffers())
  if (typeof aio === 'string') context.skip(aio)
  else {
    aio.close()
    fs.closeSync(aio.wakeFd)
  }
  const file = path.join(os.tmpdir(), `weir-direct-${process.pid}.img`)
  try {
    fs.closeSync(fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_DIRECT))
  } catch {
    context.skip('the temporary folder has no O_DIRECT')
  } finally {
    fs.rmSync(file, { force: true })
  }
}
