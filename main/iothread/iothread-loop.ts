import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { IoBuffers } from '#main/device/io-buffers.ts'
import { recordRequest } from '#main/stats/stats-memory.ts'
import { markAwake, markRunning, markSleeping, wakeSequence, wakeWordOf } from '#main/throttle/iothread-table.ts'
import { IothreadThrottle } from '#main/throttle/iothread-throttle.ts'
import { IothreadClock } from './iothread-clock.ts'
import { attachLabMemory, beat, isAskedToStop, type LabMemory, latenessRow, mailSequence } from './lab-memory.ts'
import type { IothreadMessage, IothreadStart, Letter } from './messages.ts'
import { OperationRunner } from './operation-runner.ts'
import type { ServedDevice } from './served-device.ts'
import { SubmitBatch } from './submit-batch.ts'

// The loop of an iothread: many devices, one thread, no event loop. Each time round:
//
//   read the wake word ─▶ mail? ─▶ due timers ─▶ every device a turn ─▶ nothing done? sleep on the wake word
//
// The wake word is read BEFORE anything is looked at: what arrives in between ends the sleep at once. Mail is looked for
// in a word, since asking the port costs more than a request. While paused only mail is served.

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
  #seenMail = 0
  #nextCheckNs = 0
  /** When the round before ended, if it did something. */
  #endedNs = NEVER_NS

  constructor(start: IothreadStart, port: MessagePort) {
    this.#memory = attachLabMemory(start.buffers)
    this.#iothread = start.iothread
    this.#port = port
    this.#clock = new IothreadClock(this.#memory, start.epoch)
    const { stats } = this.#memory
    const row = latenessRow(start.iothread)
    this.#throttle = new IothreadThrottle(this.#memory.throttle, start.iothread, (lateNs) =>
      recordRequest(stats, row, 0, 0, lateNs, 0),
    )
    this.#operations = new OperationRunner({
      throttle: this.#throttle,
      stats,
      clock: this.#clock,
      buffers: new IoBuffers(),
      batch: new SubmitBatch(),
    })
  }

  /** Returns when asked to stop, with every disk closed. */
  run(): void {
    markRunning(this.#memory.throttle, this.#iothread)
    this.#tell({ kind: 'ready' })
    while (!isAskedToStop(this.#memory, this.#iothread)) this.#goRound()
    this.#operations.closeAll()
  }

  #goRound(): void {
    const seen = wakeSequence(this.#memory.throttle, this.#iothread)
    beat(this.#memory, this.#iothread)
    this.#readMail()
    if (this.#operations.isPaused) {
      this.#endedNs = NEVER_NS
      this.#nextCheckNs = 0 // a reset may set time back
      this.#sleep(seen, CHECK_PERIOD_NS)
      return
    }
    // A round that did something ended with a look at the clock, which costs as much as half a request on a null disk.
    const beganNs = this.#endedNs === NEVER_NS ? this.#clock.nowNs() : this.#endedNs
    const endedNs = this.#serveAll(beganNs)
    if (beganNs >= this.#nextCheckNs) this.#checkDisks(beganNs)
    this.#endedNs = endedNs === beganNs ? NEVER_NS : endedNs
    if (this.#endedNs === NEVER_NS) this.#rest(seen)
  }

  /** Sleeps until something is due, unless that is now. */
  #rest(seen: number): void {
    const nowNs = this.#clock.nowNs()
    this.#sleep(seen, this.#dueNs(nowNs) - nowNs)
  }

  /** The time after the last request; `nowNs` itself if there was nothing to do. */
  #serveAll(nowNs: number): number {
    let endNs = nowNs
    this.#throttle.fireDue(nowNs)
    for (const device of this.#operations.devices) {
      const afterNs = device.serve(endNs)
      if (afterNs === endNs) continue
      endNs = afterNs
      if (device.failure !== null) this.#tellFailure(device, endNs)
      this.#throttle.fireDue(endNs) // another device's turn may be due while this one's disk was slow
    }
    return endNs
  }

  #dueNs(nowNs: number): number {
    let dueNs = Math.min(this.#throttle.nextDeadlineNs(), this.#nextCheckNs)
    for (const device of this.#operations.devices) dueNs = Math.min(dueNs, device.dueNs(nowNs))
    return dueNs
  }

  #sleep(seen: number, forNs: number): void {
    if (forNs <= 0) return
    const { throttle } = this.#memory
    markSleeping(throttle, this.#iothread)
    Atomics.wait(throttle.iothreadWords, wakeWordOf(this.#iothread), seen, forNs / 1e6)
    markAwake(throttle, this.#iothread)
  }

  #readMail(): void {
    const sequence = mailSequence(this.#memory, this.#iothread)
    if (sequence === this.#seenMail) return
    this.#seenMail = sequence
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      const { id, operations } = received.message as Letter // only our own engine writes to this port
      this.#tell({ kind: 'done', id, failures: this.#operations.run(operations) })
    }
  }

  #checkDisks(nowNs: number): void {
    this.#nextCheckNs = nowNs + CHECK_PERIOD_NS
    for (const device of this.#operations.devices) {
      const before = device.failure
      device.check()
      if (device.failure !== before) this.#tellFailure(device, nowNs)
    }
  }

  #tellFailure({ slot, failure }: ServedDevice, atNs: number): void {
    if (failure === null) return
    const { code, message, advice } = failure
    this.#tell({ kind: 'disk-failed', slot, failure: { code, message, advice }, atNs })
  }

  #tell(message: IothreadMessage): void {
    this.#port.postMessage(message)
  }
}
