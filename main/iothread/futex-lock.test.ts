import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { lockWordOf } from '#main/throttle/group-table.ts'
import { holdSequence, isFree } from '#main/throttle/lock-word.ts'
import { READ } from '#main/throttle/throttle-memory.ts'
import { acquireGroup, releaseGroup } from './futex-lock.ts'
import { createIothreadMemory, iothreadBuffers, markDead, markRunning, wakeSequence } from './iothread-memory.ts'
import { IothreadThrottle } from './iothread-throttle.ts'

test('the lock of a thread that died is taken over, and the group goes on', () => {
  const memory = createIothreadMemory({ groups: 1, members: 2, iodepth: 8 })
  configureGroup(memory, 0, { 'iops-total': 10 }, 0)
  const [survivor, other] = [new IothreadThrottle(memory, 0), new IothreadThrottle(memory, 1)]
  markRunning(memory, 1)
  survivor.join(0, 0, 0)
  other.join(0, 1, 0)
  acquireGroup(memory, 0, 1)
  markDead(memory, 1)
  const before = wakeSequence(memory, 2)
  expect(survivor.intercept(0, READ, 512, 0)).toBe(true)
  expect([survivor.hasGranted, wakeSequence(memory, 2) === before]).toEqual([true, false]) // it may have granted anybody's
  expect(isFree(holdSequence(memory, 0))).toBe(true)
  survivor.leave(1, 0) // the dead thread's device is taken out by a living one
  expect(survivor.intercept(0, READ, 512, 0)).toBe(true)
})

test('every hold of the lock changes its sequence, so a reader sees that somebody wrote', () => {
  const memory = createIothreadMemory({ groups: 1, members: 1, iodepth: 8 })
  const before = holdSequence(memory, 0)
  acquireGroup(memory, 0, 0)
  expect(isFree(holdSequence(memory, 0))).toBe(false)
  releaseGroup(memory, 0)
  expect([isFree(holdSequence(memory, 0)), holdSequence(memory, 0) === before]).toEqual([true, false])
})

test('a lock that its living owner holds for long is waited for', async () => {
  const memory = createIothreadMemory({ groups: 1, members: 1, iodepth: 8 })
  markRunning(memory, 1)
  acquireGroup(memory, 0, 1)
  const sequence = holdSequence(memory, 0)
  const owner = new Worker(RELEASE_LATER, {
    eval: true,
    workerData: { words: memory.groupWords, at: lockWordOf(0), ms: 300 },
  })
  await new Promise((resolve) => owner.once('message', resolve))
  const beganMs = performance.now()
  expect(acquireGroup(memory, 0, 0)).toBe(false) // not taken over
  expect(performance.now() - beganMs).toBeGreaterThan(200)
  expect(holdSequence(memory, 0) >>> 8).toBe((sequence >>> 8) + 1) // the owner has released it
})

/** An owner that takes its time, longer than the patience of those who wait. */
const RELEASE_LATER = `
const { parentPort, workerData } = require('node:worker_threads')
const { words, at, ms } = workerData
parentPort.postMessage('holds it')
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
Atomics.store(words, at, (words[at] & ~0xff) + 0x100)
Atomics.notify(words, at)
`

const ROUNDS = 100_000
const THREADS = 3

/** Adds to a number that only the lock protects, as often as `ROUNDS`. */
const CONTENDER = `
import { parentPort, workerData } from 'node:worker_threads'
import { acquireGroup, releaseGroup } from '${path.join(import.meta.dirname, 'futex-lock.ts')}'
import { attachIothreadMemory } from '${path.join(import.meta.dirname, 'iothread-memory.ts')}'
const memory = attachIothreadMemory(workerData.buffers)
// Nobody begins before all are there: a thread starts later than it takes to count.
Atomics.add(memory.memberWords, 0, 1)
while (Atomics.load(memory.memberWords, 0) < workerData.count) {}
for (let round = 0; round < ${ROUNDS}; round += 1) {
  acquireGroup(memory, 0, workerData.iothread)
  memory.groupNumbers[0] += 1
  releaseGroup(memory, 0)
}
parentPort.postMessage('done')
`

test('threads that take it at once never overlap', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'weir-lock-'))
  writeFileSync(path.join(folder, 'contender.ts'), CONTENDER)
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    resolve: {
      alias: { '#shared': path.join(import.meta.dirname, '../../shared'), '#main': path.dirname(import.meta.dirname) },
    },
    build: {
      ssr: path.join(folder, 'contender.ts'),
      target: 'node20.18',
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  const url = pathToFileURL(path.join(folder, 'contender.mjs'))
  const memory = createIothreadMemory({ groups: 1, members: 1, iodepth: 8 })
  const before = memory.groupNumbers[0] ?? 0
  memory.memberWords[0] = 0
  const workers = [0, 1, 2].map(
    (iothread) => new Worker(url, { workerData: { buffers: iothreadBuffers(memory), iothread, count: THREADS } }),
  )
  await Promise.all(
    workers.map((worker) => new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))),
  )
  rmSync(folder, { recursive: true })
  expect((memory.groupNumbers[0] ?? 0) - before).toBe(THREADS * ROUNDS)
})
