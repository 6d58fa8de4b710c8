import { EngineError } from '#main/engine-error.ts'
import type { RequestStream } from '#main/load/request-stream.ts'
import { configureGroup } from '#main/throttle/configure-group.ts'
import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'
import type { RequestBatch } from '../arriving.ts'
import { IothreadClock } from '../iothread-clock.ts'
import { IothreadThrottle } from '../iothread-throttle.ts'
import { createLabMemory, FROZEN_NS } from '../lab-memory.ts'
import { ServedDevice } from '../served-device.ts'
import { SubmitBatch } from '../submit-batch.ts'

// A device as its iothread serves it, with a clock that the test moves.

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
export class Reads implements RequestStream {
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
export function servedDevice(stream: RequestStream) {
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
