import fs from 'node:fs'
import type { DepthPort, DiskClock, DiskPort } from '#main/device/disk-port.ts'
import { createFileDisk, type FileDisk, openFileDisk } from '#main/device/file-disk.ts'
import type { IoBuffers } from '#main/device/io-buffers.ts'
import { NullDisk } from '#main/device/null-disk.ts'
import { deviceRandom } from '#main/load/request-stream.ts'
import { createServiceTimes } from '#main/load/service-times.ts'
import { assert } from '#shared/assert.ts'
import type { FileDisk as FileDiskSpec } from '#shared/workspace/workspace.ts'
import type { DiskDepth } from './disk-depth.ts'
import type { DeviceSpec } from './messages.ts'

export interface DiskTools {
  readonly buffers: IoBuffers
  readonly clock: DiskClock
  readonly depth: DiskDepth
}

/** Opens what a device does its I/O on. Throws EngineError, and leaves nothing then. */
export function openDisk(spec: DeviceSpec, { buffers, clock, depth }: DiskTools): DiskPort | DepthPort {
  const { disk } = spec
  if (disk.kind === 'file') {
    const file = openFile(spec, disk, buffers)
    return disk.direct ? depth.around(file, spec.slot) : file
  }
  if (disk.service === undefined) return new NullDisk(null, clock)
  return new NullDisk(createServiceTimes(disk.service, deviceRandom(spec.seed, `${spec.id} disk`)), clock)
}

function openFile(spec: DeviceSpec, disk: FileDiskSpec, buffers: IoBuffers): FileDisk {
  const { sizeBytes, direct } = disk
  if (disk.path !== undefined) {
    const access = disk.write === true ? 'read-write' : 'read'
    return openFileDisk({ file: disk.path, sizeBytes, direct, buffers, access })
  }
  assert(spec.ownFile !== null, 'a file disk without a path comes with a backing file')
  const { file, how } = spec.ownFile
  if (how === 'take') return openFileDisk({ file, sizeBytes, direct, buffers, access: 'read-write' })
  if (how === 'remake') fs.rmSync(file, { force: true })
  return createFileDisk({ file, sizeBytes, direct, buffers })
}
