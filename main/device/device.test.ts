import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { deviceRandom } from '#main/load/request-stream.ts'
import { createServiceTimes } from '#main/load/service-times.ts'
import { createFileDisk, FileDisk, openFileDisk } from './file-disk.ts'
import { IoBuffers } from './io-buffers.ts'
import { type NativeCalls, nativeCalls } from './native-calls.ts'
import { NullDisk } from './null-disk.ts'
import { RunFolder, removeLeftovers } from './run-folder.ts'

const buffers = new IoBuffers()
let folder: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-device-'))
})

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

function options(name: string, changes: { sizeBytes?: number; direct?: boolean } = {}) {
  return { file: path.join(folder, name), sizeBytes: 1024 * 1024, direct: false, buffers, ...changes }
}

/** The EngineError's code, or what else happened. */
function failure(run: () => unknown): string {
  try {
    run()
    return 'nothing failed'
  } catch (error) {
    return error instanceof EngineError ? error.code : String(error)
  }
}

test('a backing file is sparse, and what is written to it is there', () => {
  const disk = createFileDisk(options('disk-1.img', { sizeBytes: 64 * 1024 * 1024 }))
  disk.transfer(1, 8192, 4096)
  disk.transfer(0, 8192, 4096)
  const stat = fs.statSync(path.join(folder, 'disk-1.img'))
  expect([stat.size, stat.blocks * 512 <= 65_536]).toEqual([64 * 1024 * 1024, true])
  const text = fs.readFileSync(path.join(folder, 'disk-1.img')).subarray(8192, 8192 + 4096)
  expect(new Set(text).size).toBeGreaterThan(200)
  disk.close()
})

test('a request larger than the first buffer goes through whole', () => {
  const disk = createFileDisk(options('disk-1.img', { sizeBytes: 8 * 1024 * 1024 }))
  disk.transfer(1, 0, 3 * 1024 * 1024)
  expect(fs.statSync(path.join(folder, 'disk-1.img')).blocks * 512).toBeGreaterThanOrEqual(3 * 1024 * 1024)
  disk.close()
})

test.for([
  ['native calls', true],
  ["Node's calls", false],
] as const)('%s move the bytes asked for, and only those', ([, isNative], { skip }) => {
  const native = isNative ? nativeCalls() : null
  if (isNative && native === null) skip('koffi has no binary for this machine')
  const file = path.join(folder, 'disk-1.img')
  const before = Buffer.alloc(4 * 1024 * 1024, 7)
  fs.writeFileSync(file, before)
  const buffers = new IoBuffers()
  const options = { file, sizeBytes: before.length, direct: false, buffers }
  const disk = new FileDisk(fs.openSync(file, 'r+'), options, native)
  const calls = [vi.spyOn(fs, 'readSync'), vi.spyOn(fs, 'writeSync')]
  disk.transfer(1, 12_345, 1000)
  disk.transfer(1, 1024 * 1024, 2 * 1024 * 1024) // a larger buffer from here on
  disk.transfer(1, 100, 10)
  disk.transfer(0, 0, 8192)
  expect(calls.map((call) => call.mock.calls.length > 0)).toEqual([!isNative, !isNative])
  for (const call of calls) call.mockRestore()
  const noise = buffers.of(1, 2 * 1024 * 1024)
  const expected = Buffer.from(before)
  expected.set(new IoBuffers().of(1, 1000).subarray(0, 1000), 12_345)
  expected.set(noise.subarray(0, 2 * 1024 * 1024), 1024 * 1024)
  expected.set(noise.subarray(0, 10), 100)
  expect(fs.readFileSync(file).equals(expected)).toBe(true)
  expect(Buffer.from(buffers.of(0, 8192).subarray(0, 8192)).equals(expected.subarray(0, 8192))).toBe(true)
  disk.close()
})

test.for([
  ['fails', -1],
  ['is cut short', 100],
] as const)('a native call that %s is finished by Node’s, byte by byte', ([, moved]) => {
  const file = path.join(folder, 'disk-1.img')
  fs.writeFileSync(file, Buffer.alloc(16_384, 7))
  const fd = fs.openSync(file, 'r+')
  const transfer: NativeCalls['transfer'] = (_direction, _fd, _address, bytes, offset) => {
    if (moved > 0) fs.writeSync(fd, buffers.of(1, bytes), 0, moved, offset)
    return moved
  }
  const native = { addressOf: () => 0, transfer } as unknown as NativeCalls // all that a file disk uses
  const disk = new FileDisk(fd, { file, sizeBytes: 16_384, direct: false, buffers }, native)
  disk.transfer(1, 4096, 4096)
  disk.close()
  const written = fs.readFileSync(file)
  const outside = Buffer.concat([written.subarray(0, 4096), written.subarray(8192)])
  expect([new Set(outside), outside.length]).toEqual([new Set([7]), 12_288])
  expect(written.subarray(4096, 8192).filter((byte) => byte === 7).length).toBeLessThan(100) // it is noise
})

test('O_DIRECT moves odd requests as whole blocks', () => {
  let disk: FileDisk
  try {
    disk = createFileDisk(options('disk-1.img', { direct: true, sizeBytes: 1_000_000 }))
  } catch (error) {
    // The one right answer of a file system without it (tmpfs of older kernels).
    expect((error as EngineError).message).toContain('O_DIRECT')
    return
  }
  for (const [offset, bytes] of [
    [0, 4096],
    [512, 512],
    [1000, 1000],
    [999_000, 1000],
  ] as const) {
    disk.transfer(1, offset, bytes)
    disk.transfer(0, offset, bytes)
  }
  disk.close()
})

test('a backing file never takes the place of a file that is there', () => {
  fs.writeFileSync(path.join(folder, 'disk-1.img'), 'precious')
  expect(failure(() => createFileDisk(options('disk-1.img')))).toBe('file-exists')
  expect(fs.readFileSync(path.join(folder, 'disk-1.img'), 'utf8')).toBe('precious')
})

test("a file of the user's is not created, and not written to unless asked", () => {
  expect(failure(() => openFileDisk({ ...options('mine.img'), access: 'read-write' }))).toBe('file-missing')
  expect(fs.existsSync(path.join(folder, 'mine.img'))).toBe(false)
  const before = Buffer.alloc(65_536, 7)
  fs.writeFileSync(path.join(folder, 'mine.img'), before)
  const disk = openFileDisk({ ...options('mine.img', { sizeBytes: 65_536 }), access: 'read' })
  disk.transfer(0, 0, 4096)
  expect(failure(() => disk.transfer(1, 0, 4096))).toBe('permission')
  disk.close()
  expect(fs.readFileSync(path.join(folder, 'mine.img')).equals(before)).toBe(true)
})

test('a file that was deleted or cut short is missed', () => {
  const deleted = createFileDisk(options('disk-1.img'))
  deleted.check()
  fs.unlinkSync(path.join(folder, 'disk-1.img'))
  expect(failure(() => deleted.check())).toBe('file-missing')
  deleted.close()
  const cut = createFileDisk(options('disk-2.img'))
  fs.truncateSync(path.join(folder, 'disk-2.img'), 4096)
  expect(failure(() => cut.transfer(0, 8192, 4096))).toBe('file-missing')
  cut.close()
})

test('a full disk says so', () => {
  const disk = openFileDisk({ ...options('full'), file: '/dev/full', access: 'read-write' })
  expect(failure(() => disk.transfer(1, 0, 4096))).toBe('disk-full')
  disk.close()
})

test('a null disk takes its service time, or none', () => {
  let nowNs = 0
  const clock = {
    nowNs: () => nowNs,
    sleepUntilNs: (untilNs: number) => {
      nowNs = untilNs
    },
  }
  new NullDisk(null, clock).transfer(0, 0, 4096)
  expect(nowNs).toBe(0)
  new NullDisk(createServiceTimes({ kind: 'fixed', us: 250 }, deviceRandom(1, 'db')), clock).transfer(0, 0, 4096)
  expect(nowNs).toBe(250_000)
})

test('service times have the mean of their distribution', () => {
  for (const service of [
    { kind: 'exponential', us: 100 },
    { kind: 'sampled', us: [50, 150] },
  ] as const) {
    const times = createServiceTimes(service, deviceRandom(1, 'db'))
    let sum = 0
    for (let request = 0; request < 20_000; request += 1) sum += times.nextNs()
    expect(Math.abs(sum / 20_000 / 100_000 - 1)).toBeLessThan(0.03)
  }
})

test('a run folder goes with its run, whatever is in it that is ours, and spares what is not', async () => {
  const run = await RunFolder.create(folder)
  fs.writeFileSync(run.nextFile(), '')
  await run.remove()
  expect(fs.readdirSync(folder)).toEqual([])
  const other = await RunFolder.create(folder)
  fs.writeFileSync(path.join(other.path, 'notes.txt'), 'mine')
  await other.remove()
  expect(fs.readdirSync(other.path)).toEqual(['notes.txt'])
})

test('a folder that cannot be made is a reason, not a crash', async () => {
  fs.writeFileSync(path.join(folder, 'file'), '')
  await expect(RunFolder.create(path.join(folder, 'file'))).rejects.toMatchObject({ code: 'permission' })
})

test('what a crashed run left is removed at the next start, a living run and strangers are not', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
  const living = await RunFolder.create(folder)
  const crashed = path.join(folder, `run-${child.pid}-abc`)
  fs.mkdirSync(crashed)
  fs.writeFileSync(path.join(crashed, 'disk-1.img'), '')
  fs.writeFileSync(path.join(crashed, 'weir-run.json'), JSON.stringify({ owner: 'an earlier boot', pid: child.pid }))
  fs.mkdirSync(path.join(folder, 'run-1-unmarked'))
  fs.writeFileSync(path.join(folder, 'run-1-unmarked', 'disk-1.img'), 'somebody else made this')
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  fs.mkdirSync(path.join(folder, `run-${dead}-empty`))
  fs.mkdirSync(path.join(folder, `run-${dead}-torn`))
  fs.writeFileSync(path.join(folder, `run-${dead}-torn`, 'weir-run.json'), '{"own')
  const starting = `run-${child.pid}-starting`
  fs.mkdirSync(path.join(folder, starting))
  fs.mkdirSync(path.join(folder, 'photos'))
  try {
    expect(await removeLeftovers(folder)).toBe(3)
    const left = ['photos', path.basename(living.path), starting, 'run-1-unmarked']
    expect(fs.readdirSync(folder).sort()).toEqual(left.sort())
  } finally {
    child.kill()
    await living.remove()
  }
})
