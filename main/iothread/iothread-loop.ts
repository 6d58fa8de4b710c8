import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { IoBuffers } from '#main/device/io-buffers.ts'
import type { KernelAio } from '#main/device/kernel-aio.ts'
import { recordRequest } from '#main/stats/stats-memory.ts'
import { ArrivalLog } from './arrival-log.ts'
import { DiskDepth } from './disk-depth.ts'
import { IothreadClock } from './iothread-clock.ts'
import {
  beat,
  isAskedToStop,
  mailSequence,
  markAwake,
  markRunning,
  markSleeping,
  markSleepingOnFd,
  wakeSequence,
  wakeWordOf,
} from './iothread-memory.ts'
import { IothreadThrottle } from './iothread-throttle.ts'
import { attachLabMemory, type LabMemory, latenessRow } from './lab-memory.ts'
import type { IothreadMessage, IothreadStart, OperationBatch } from './messages.ts'
import { OperationRunner } from './operation-runner.ts'
import type { ServedDevice } from './served-device.ts'
import { ServiceRound } from './service-round.ts'
import { ServiceSlices } from './service-slices.ts'
import { SubmitBatch } from './submit-batch.ts'

// The loop of an iothread: many devices, one thread, no event loop. The lab's requests are in this folder alone: they wait in
// waiting-requests.ts and are executed by served-device.ts; `main/lab` says which devices there are. Each time round:
//
//   what disks have done ─▶ due timers ─▶ read the wake word ─▶ mail? ─▶ a slice for every device that needs one
//                                                                                        ─▶ nothing due? sleep
//
// The wake word is read BEFORE mail and grants are looked at: what arrives in between ends the sleep at once. Timers come
// first, because those who get their turn are this iothread's own for the most part, and are served in the same round. Mail
// is looked for in a word, since asking the port costs more than a request. While paused only mail is served.
//
// While disks with depth have requests in flight it sleeps in the kernel, which wakes it when one comes back; else on its
// wake word, as cheaply as without such disks.

/** How often disks are looked at that may have vanished, and the longest sleep. */
const CHECK_PERIOD_NS = 500e6
const NEVER_NS = -1

export class IothreadLoop {
  readonly #memory: LabMemory
  readonly #iothread: number
  readonly #port: MessagePort
  readonly #clock: IothreadClock
  readonly #throttle: IothreadThrottle
  readonly #operations: OperationRunner
  readonly #depth: DiskDepth
  #seenMail = 0
  #hasJustLooked = false
  #nextCheckNs = 0
  /** When the round before ended, if there was no sleep since. */
  #endedNs = NEVER_NS
  readonly #round: ServiceRound
  #slices: ServiceSlices

  constructor(start: IothreadStart, port: MessagePort) {
    this.#memory = attachLabMemory(start.buffers)
    this.#iothread = start.iothread
    this.#port = port
    this.#clock = new IothreadClock(this.#memory, start.epoch)
    const { stats, diskWords } = this.#memory
    const row = latenessRow(start.iothread)
    this.#throttle = new IothreadThrottle(this.#memory.throttle, start.iothread, (lateNs) =>
      recordRequest(stats, row, 0, 0, lateNs, 0),
    )
    const buffers = new IoBuffers()
    this.#depth = new DiskDepth({
      memory: this.#memory.throttle,
      iothread: start.iothread,
      clock: this.#clock,
      buffers,
      onShallow: (slot, why) => this.#report({ kind: 'disk-shallow', slot, why }),
    })
    this.#operations = new OperationRunner({
      throttle: this.#throttle,
      stats,
      diskWords,
      clock: this.#clock,
      buffers,
      depth: this.#depth,
      batch: new SubmitBatch(),
      arrivals: start.logsArrivals ? new ArrivalLog((rows) => this.#sendArrivals(rows)) : null,
    })
    this.#round = new ServiceRound({
      throttle: this.#throttle,
      depth: this.#depth,
      reportFailure: (device, atNs) => this.#reportFailure(device, atNs),
    })
    this.#slices = new ServiceSlices(this.#memory.throttle, [])
  }

  /** Returns when asked to stop, with every disk closed. */
  run(): void {
    markRunning(this.#memory.throttle, this.#iothread)
    this.#report({ kind: 'ready' })
    while (!isAskedToStop(this.#memory.throttle, this.#iothread)) this.#goRound()
    this.#operations.closeAll()
  }

  #goRound(): void {
    this.#lookAtDisks()
    let nowNs = this.#endedNs === NEVER_NS ? this.#clock.nowNs() : this.#endedNs
    if (!this.#operations.isPaused) this.#throttle.fireDue(nowNs)
    const seen = wakeSequence(this.#memory.throttle, this.#iothread)
    beat(this.#memory.throttle, this.#iothread)
    if (this.#readMail()) {
      nowNs = this.#clock.nowNs() // it may have stood still, or have been set back
      this.#nextCheckNs = Math.min(this.#nextCheckNs, nowNs + CHECK_PERIOD_NS)
    }
    if (this.#operations.isPaused) {
      this.#endedNs = NEVER_NS
      this.#sleep(seen, CHECK_PERIOD_NS)
      return
    }
    const endedNs = this.#round.serve(this.#slices, nowNs)
    if (nowNs >= this.#nextCheckNs) this.#checkDisks(nowNs)
    this.#noteAnswers() // of neighbours, while a device was closed, and of what the kernel refused
    // A round that did something ended with a look at the clock, which costs as much as half a request on a null disk.
    this.#rest(seen, endedNs === nowNs ? this.#clock.nowNs() : endedNs)
  }

  /** Sleeps until something is due, unless that is now: a device that had its slice may have been granted something since. */
  #rest(seen: number, nowNs: number): void {
    const dueNs = Math.min(this.#throttle.nextDeadlineNs(), this.#nextCheckNs, this.#slices.nextNs())
    const forNs = this.#throttle.hasGranted ? 0 : dueNs - nowNs
    this.#endedNs = forNs > 0 ? NEVER_NS : nowNs
    this.#sleep(seen, forNs)
  }

  #sleep(seen: number, forNs: number): void {
    if (forNs <= 0) return
    const { throttle } = this.#memory
    const { aio } = this.#depth
    if (aio !== null && aio.inFlight > 0) {
      this.#sleepInKernel(aio, seen, forNs)
      return
    }
    markSleeping(throttle, this.#iothread)
    Atomics.wait(throttle.iothreadWords, wakeWordOf(this.#iothread), seen, forNs / 1e6)
    markAwake(throttle, this.#iothread)
  }

  /** Whoever bumps the wake word after the look at it here sees that an eventfd is to be written to. */
  #sleepInKernel(aio: KernelAio, seen: number, forNs: number): void {
    const { throttle } = this.#memory
    markSleepingOnFd(throttle, this.#iothread)
    const isWoken = wakeSequence(throttle, this.#iothread) !== seen
    const returnedNs = isWoken ? NEVER_NS : aio.wait(Math.min(forNs, CHECK_PERIOD_NS))
    markAwake(throttle, this.#iothread)
    this.#noteReturned(returnedNs)
    this.#hasJustLooked = !isWoken
  }

  /** Takes what has come back meanwhile. Not right after a sleep in the kernel, which has. */
  #lookAtDisks(): void {
    const { aio } = this.#depth
    if (aio === null || aio.inFlight === 0 || this.#hasJustLooked) this.#hasJustLooked = false
    else this.#noteReturned(aio.reap(0))
  }

  #noteReturned(returnedNs: number): void {
    if (returnedNs === NEVER_NS) return
    this.#noteAnswers()
    this.#endedNs = returnedNs
  }

  /** Gives a slice to devices of which requests have come back. */
  #noteAnswers(): void {
    if (this.#depth.takeAnswers()) this.#slices.noteReturned()
  }

  /** True if a batch was there. */
  #readMail(): boolean {
    const sequence = mailSequence(this.#memory.throttle, this.#iothread)
    if (sequence === this.#seenMail) return false
    this.#seenMail = sequence
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) break
      const { id, operations } = received.message as OperationBatch // only our own engine writes to this port
      this.#report({ kind: 'done', id, failures: this.#operations.run(operations) })
    }
    this.#slices = new ServiceSlices(this.#memory.throttle, this.#operations.devices)
    return true
  }

  #checkDisks(nowNs: number): void {
    this.#nextCheckNs = nowNs + CHECK_PERIOD_NS
    for (const device of this.#operations.devices) {
      const before = device.failure
      device.check()
      for (const member of device.levels) this.#throttle.passGranted(member, nowNs)
      if (device.failure !== before) this.#reportFailure(device, nowNs)
    }
  }

  #reportFailure({ slot, failure }: ServedDevice, atNs: number): void {
    if (failure === null) return
    const { code, message, advice } = failure
    this.#report({ kind: 'disk-failed', slot, failure: { code, message, advice }, atNs })
  }

  #sendArrivals(rows: Float64Array<ArrayBuffer>): void {
    this.#port.postMessage({ kind: 'arrivals', rows } satisfies IothreadMessage, [rows.buffer])
  }

  #report(message: IothreadMessage): void {
    this.#port.postMessage(message)
  }
}
