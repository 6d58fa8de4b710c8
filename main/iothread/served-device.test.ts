import { expect, test } from 'vitest'
import type { DepthPort } from '#main/device/disk-port.ts'
import { EngineError } from '#main/engine-error.ts'
import type { RequestStream } from '#main/load/request-stream.ts'
import { flowAt, REQUESTS } from '#main/stats/stats-memory.ts'
import { configureGroup } from '#main/throttle/configure-group.ts'
import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'
import type { RequestBatch } from './arriving.ts'
import { answersOf, owedBy } from './disk-words.ts'
import { IothreadClock } from './iothread-clock.ts'
import { IothreadThrottle } from './iothread-throttle.ts'
import { busyWith, isBusy } from './iothread-words.ts'
import { createLabMemory, FROZEN_NS, type LabMemory } from './lab-memory.ts'
import { ServedDevice } from './served-device.ts'
import { ServiceTurns } from './service-turns.ts'
import { SubmitBatch } from './submit-batch.ts'

const MS = 1e6

/** An iothread's throttle with another iothread that interferes just before and just after a batch. */
class Interrupted extends IothreadThrottle {
  before = (): void => {}
  after = (): void => {}

  override intercept(member: number, direction: DirectionIndex, bytes: number, nowNs: number): boolean {
    this.before()
    return super.intercept(member, direction, bytes, nowNs)
  }

  override interceptBatch(member: number, batch: RequestBatch, nowNs: number): number {
    this.before()
    const first = super.interceptBatch(member, batch, nowNs)
    this.after()
    return first
  }
}

/** Asks for `asked` reads in all, one block after the other. */
class Reads implements RequestStream {
  readonly mix = null
  readonly iodepth: number
  readonly rateIops = null
  asked = 0
  #taken = 0

  constructor(iodepth: number) {
    this.iodepth = iodepth
  }

  dueNs(nowNs: number): number {
    return this.#taken < this.asked ? nowNs : Number.POSITIVE_INFINITY
  }

  take(nowNs: number, request: SubmitBatch['taken']): void {
    Object.assign(request, { direction: 0, offset: this.#taken, bytes: 512, arrivalNs: nowNs })
    this.#taken += 1
  }

  backlog(): number {
    return 0
  }
}

/** A device in a group of 10 IOPS, which it shares with an idle member of another iothread. Its clock stands. */
function servedDevice(stream: RequestStream) {
  const memory = createLabMemory()
  configureGroup(memory.throttle, 0, { 'iops-total': 10 }, 0)
  const [throttle, other] = [new Interrupted(memory.throttle, 0), new IothreadThrottle(memory.throttle, 1)]
  throttle.join(0, 0, 0)
  other.join(0, 1, 0)
  const transferred: number[] = []
  const disk = {
    mayBlock: true,
    isBroken: false,
    transfer(_direction: 0 | 1, offset: number): void {
      if (disk.isBroken) throw new EngineError('disk-failed', 'the disk is gone', '')
      transferred.push(offset)
    },
    check: () => {},
    close: () => {},
  }
  const clock = new IothreadClock(memory, 0n)
  const device = new ServedDevice(0, disk, stream, {
    ...{ throttle, clock, stats: memory.stats, diskWords: memory.diskWords },
    batch: new SubmitBatch(),
  })
  device.setLevels([0])
  const serve = (nowNs: number): void => {
    memory.clockNumbers[FROZEN_NS] = nowNs
    device.serve(nowNs, 200_000)
  }
  return { memory, throttle, other, disk, device, transferred, serve }
}

test('requests keep their order when another iothread grants around a batch', () => {
  const stream = new Reads(8)
  const { throttle, other, transferred, serve } = servedDevice(stream)
  stream.asked = 3
  serve(0) // two go, one waits
  stream.asked = 7
  throttle.before = () => other.look(0, 400 * MS) // lets the one go
  throttle.after = () => other.look(0, 501 * MS) // lets one of the batch go, behind the first, which needed no timer
  serve(400 * MS)
  throttle.before = () => {}
  throttle.after = () => {}
  serve(501 * MS)
  other.look(0, 601 * MS)
  other.look(0, 701 * MS)
  serve(701 * MS)
  expect(transferred).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('a request that goes alone goes behind those that another iothread has just granted', () => {
  const stream = new Reads(2)
  const { throttle, other, transferred, serve } = servedDevice(stream)
  stream.asked = 3
  for (let turn = 0; turn < 2; turn += 1) serve(0)
  expect(transferred).toEqual([0, 1]) // one waits, and there is room for one more
  stream.asked = 4
  throttle.before = () => other.look(0, 400 * MS) // lets the one go
  serve(400 * MS)
  expect(transferred).toEqual([0, 1, 2, 3])
})

test('a batch that goes in part keeps its order in a ring that has wrapped', () => {
  const stream = new Reads(5)
  const { throttle, transferred, serve } = servedDevice(stream)
  for (let nowNs = 0; nowNs < 3000 * MS; nowNs += 100 * MS) {
    throttle.fireDue(nowNs)
    stream.asked += nowNs % (400 * MS) === 0 ? 4 : 0
    serve(nowNs)
  }
  expect(transferred.length).toBeGreaterThan(25)
  expect(transferred).toEqual(transferred.map((_, index) => index))
})

test('a shallower load leaves room for what is under way', () => {
  const stream = new Reads(40)
  const { device, throttle, transferred, serve } = servedDevice(stream)
  stream.asked = 40
  serve(0)
  device.setStream(new Reads(1))
  for (let nowNs = 0; nowNs <= 4000 * MS; nowNs += 100 * MS) throttle.fireDue(nowNs)
  serve(4000 * MS)
  expect(transferred).toEqual(Array.from({ length: 40 }, (_, index) => index))
})

test('a device needs a turn when its load is due or something was granted, and none while it can only wait', () => {
  const stream = new Reads(4)
  const { memory, throttle, device, serve } = servedDevice(stream)
  const turns = new ServiceTurns(memory.throttle, [device])
  expect(turns.needsTurn(0, 0)).toBe(true) // everybody has one at first
  turns.noteTurn(0, 0)
  expect(turns.needsTurn(0, 0)).toBe(false) // nothing asked for
  stream.asked = 9
  turns.noteTurn(0, 0)
  expect([turns.needsTurn(0, 0), turns.nextNs()]).toEqual([true, 0])
  for (let turn = 0; turn < 2; turn += 1) serve(0)
  turns.noteTurn(0, 0)
  expect([turns.needsTurn(0, 0), turns.nextNs()]).toEqual([false, Number.POSITIVE_INFINITY]) // four wait: as deep as it may
  throttle.fireDue(100 * MS)
  expect(turns.needsTurn(0, 100 * MS)).toBe(true)
})

test('the next turn is that of the device whose time comes first', () => {
  const [stream, { memory, device }] = [new Reads(1), servedDevice(new Reads(1))]
  stream.asked = 1
  const asking = servedDevice(stream).device
  const turns = new ServiceTurns(memory.throttle, [asking, asking, device])
  for (const [index, nowNs] of [3, 5, 0].entries()) turns.noteTurn(index, nowNs)
  expect(turns.nextNs()).toBe(3)
})

test('a disk that fails drops what was ready, and what is granted afterwards, but no turn is due', () => {
  const stream = new Reads(8)
  const { throttle, disk, device, transferred, serve } = servedDevice(stream)
  stream.asked = 6
  disk.isBroken = true
  serve(0)
  expect(device.failure?.message).toBe('the disk is gone')
  expect(device.dueNs(0)).toBe(Number.POSITIVE_INFINITY)
  for (let nowNs = 0; nowNs <= 400 * MS; nowNs += 100 * MS) throttle.fireDue(nowNs)
  serve(400 * MS)
  disk.isBroken = false
  device.replaceDisk(disk)
  stream.asked = 9
  serve(2000 * MS)
  throttle.fireDue(2100 * MS)
  serve(2100 * MS)
  expect(transferred).toEqual([6, 7, 8])
})

/** A disk with depth that has done what it started when the test says so; it has room for `room` requests. */
function deepDisk(room: number) {
  const started: (readonly [offset: number, waitNs: number, startNs: number])[] = []
  const disk: DepthPort & { error: EngineError | null; finish(count: number, nowNs: number): void; isClosed: boolean } =
    {
      inFlight: 0,
      error: null,
      isClosed: false,
      onDone: () => {},
      hasRoomFor: () => disk.inFlight < room,
      start(_direction, offset, _bytes, waitNs, startNs) {
        started.push([offset, waitNs, startNs])
        Object.assign(disk, { inFlight: disk.inFlight + 1 })
      },
      finish(count, nowNs) {
        Object.assign(disk, { inFlight: disk.inFlight - count })
        for (let each = 0; each < count; each += 1) disk.onDone(0, 512, 0, nowNs)
      },
      settle: () => disk.finish(disk.inFlight, 0),
      check: () => {},
      close() {
        disk.settle()
        disk.isClosed = true
      },
    }
  return { disk, started }
}

function readsDone(memory: LabMemory): number {
  return memory.stats.numbers[flowAt(0, 0) + REQUESTS]!
}

test('a disk with depth gets what is granted up to the iodepth, and more when requests come back', () => {
  const stream = new Reads(4)
  const { memory, throttle, device, serve } = servedDevice(stream)
  const { disk, started } = deepDisk(100)
  device.replaceDisk(disk)
  stream.asked = 9
  const turns = new ServiceTurns(memory.throttle, [device])
  const serveAt = (nowNs: number) => {
    serve(nowNs)
    turns.noteTurn(0, nowNs)
  }
  serveAt(0)
  expect([started.length, disk.inFlight]).toEqual([2, 2]) // the group lets two go, two wait: as deep as it may
  expect(turns.needsTurn(0, 0)).toBe(false)
  disk.finish(1, 5)
  turns.noteReturned()
  expect([turns.needsTurn(0, 0), readsDone(memory)]).toEqual([true, 1])
  serveAt(0) // its place is taken by one more that waits
  expect([started.length, turns.needsTurn(0, 0)]).toEqual([2, false])
  throttle.fireDue(100 * MS)
  serveAt(100 * MS)
  expect(started.at(-1)).toEqual([2, 100 * MS, 100 * MS])
})

test('what a disk with depth has no room for keeps its place and goes first', () => {
  const stream = new Reads(8)
  const { memory, device, serve } = servedDevice(stream)
  const { disk, started } = deepDisk(1)
  device.replaceDisk(disk)
  stream.asked = 2
  serve(0)
  const turns = new ServiceTurns(memory.throttle, [device])
  turns.noteTurn(0, 0)
  expect([started.length, device.isHeldUp, turns.needsTurn(0, 0)]).toEqual([1, true, false])
  disk.finish(1, 0)
  turns.noteReturned()
  expect(turns.needsTurn(0, 0)).toBe(true)
  serve(0)
  expect([started.map(([offset]) => offset), device.isHeldUp]).toEqual([[0, 1], false])
})

test('a disk with depth that fails takes its device out when all it had in flight is back and counted', () => {
  const stream = new Reads(8)
  const { memory, device, serve } = servedDevice(stream)
  const { disk } = deepDisk(100)
  device.replaceDisk(disk)
  stream.asked = 2
  serve(0)
  disk.error = new EngineError('disk-full', 'no space is left', '')
  serve(1)
  expect([device.failure?.code, disk.isClosed, disk.inFlight, readsDone(memory)]).toEqual(['disk-full', true, 0, 2])
  expect(device.dueNs(1)).toBe(Number.POSITIVE_INFINITY)
})

test('whoever waits for what a disk with depth has in flight is known to wait for that device', () => {
  const stream = new Reads(8)
  const { memory, device, serve } = servedDevice(stream)
  const { disk } = deepDisk(100)
  device.replaceDisk(disk)
  const seen: unknown[] = []
  const { settle } = disk
  disk.settle = () => {
    seen.push([isBusy(memory.throttle, 0), busyWith(memory.throttle, 0), owedBy(memory.diskWords, 0)])
    settle()
  }
  stream.asked = 2
  serve(0)
  const before = answersOf(memory.diskWords, 0)
  disk.finish(1, 5)
  expect([owedBy(memory.diskWords, 0), answersOf(memory.diskWords, 0) - before]).toEqual([1, 1])
  device.settle()
  device.close()
  expect(seen).toEqual([
    [true, 0, 1],
    [true, 0, 0], // by its close
  ])
  expect([isBusy(memory.throttle, 0), owedBy(memory.diskWords, 0)]).toEqual([false, 0])
})

test('requests in flight are back before a device forgets them', () => {
  const stream = new Reads(2)
  const { memory, throttle, device, serve } = servedDevice(stream)
  const { disk } = deepDisk(100)
  device.replaceDisk(disk)
  stream.asked = 2
  serve(0)
  throttle.leave(0, 0)
  device.setLevels([])
  expect(disk.inFlight).toBe(2) // they have passed their group
  device.discard()
  expect([disk.inFlight, readsDone(memory)]).toEqual([0, 2])
  stream.asked = 4
  serve(1)
  expect(disk.inFlight).toBe(2)
})
