import { EngineError } from '#main/engine-error.ts'
import type { Failure } from '#main/iothread/messages.ts'
import type { SourceEvent } from '#shared/snapshot.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { event } from './lab-events.ts'
import type { LabTools } from './lab-tools.ts'
import { recoverIothread } from './recover.ts'
import type { RunningDevice } from './running-device.ts'
import { SilentDisks } from './silent-disks.ts'

// Sees to what goes wrong while the lab runs: a disk that gives up, an iothread that dies (it is started again with its
// devices), a disk that does not answer (nothing can be done but say so; the others run on).

const LOOK_PERIOD_MS = 1000
/** An iothread that keeps dying is left dead until Reset. */
const MAX_DEATHS = 3

export class LabWatch {
  readonly #tools: LabTools
  readonly #report: (noted: SourceEvent) => void
  readonly #silent: SilentDisks
  readonly #deaths = new Map<number, number>()
  readonly #dead = new Set<number>()
  /** By slot, why the disk of who had it then has no depth; until it is said. */
  readonly #shallow = new Map<number, { readonly why: string; readonly taken: number }>()
  #lookedMs = 0
  #isClosed = false

  constructor(tools: LabTools, report: (noted: SourceEvent) => void) {
    this.#tools = tools
    this.#report = report
    this.#silent = new SilentDisks(tools)
  }

  diskFailed(slot: number, failure: Failure, atNs: number): void {
    const device = this.#tools.slots.deviceIn(slot)
    if (device === undefined) return // it was removed while the message was under way
    device.failure = failure
    this.#report(
      event(atNs, 'failed', `${device.id}: ${failure.message}`, { device: device.id, group: outermostGroup(device) }),
    )
  }

  /** Heard before the device is in its slot: it is being opened. */
  diskShallow(slot: number, why: string): void {
    this.#shallow.set(slot, { why, taken: this.#tools.slots.deviceSlotTaken(slot) })
  }

  died(iothread: number, reason: string): void {
    if (this.#isClosed) return
    this.#dead.add(iothread)
    this.#note('failed', reason)
    const deaths = (this.#deaths.get(iothread) ?? 0) + 1
    this.#deaths.set(iothread, deaths)
    if (deaths > MAX_DEATHS) this.#giveUp(iothread, reason)
    else void this.#tools.run(() => this.#recover(iothread))
  }

  /** Another attempt at whatever was given up, inside a task of the lab's queue. */
  async recoverAll(): Promise<void> {
    this.#deaths.clear()
    for (const iothread of [...this.#dead]) await this.#recover(iothread)
  }

  /** At each snapshot. */
  look(): void {
    this.#sayShallow()
    const nowMs = this.#tools.clock.machineMs()
    if (nowMs - this.#lookedMs >= LOOK_PERIOD_MS) this.lookForSilent()
  }

  lookForSilent(): void {
    const nowMs = this.#tools.clock.machineMs()
    this.#lookedMs = nowMs
    const silent = this.#silent.look(nowMs)
    for (const device of this.#tools.slots.devices.values()) this.#setStuck(device, silent.get(device.id) ?? null)
  }

  close(): void {
    this.#isClosed = true
  }

  async #recover(iothread: number): Promise<void> {
    if (this.#isClosed || !this.#dead.has(iothread)) return
    try {
      await recoverIothread(this.#tools, iothread)
      this.#dead.delete(iothread)
      const devices = this.#devicesOf(iothread).map((device) => device.id)
      this.#note('recovered', `iothread ${iothread} was restarted with ${devices.join(', ') || 'no device'}`)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      this.#giveUp(iothread, error.message)
    }
  }

  #giveUp(iothread: number, reason: string): void {
    const advice = 'Reset tries again.'
    for (const device of this.#devicesOf(iothread)) {
      device.failure = { code: 'iothread-died', message: `its iothread is gone (${reason})`, advice }
    }
    this.#note('failed', `iothread ${iothread} is not started again. ${advice}`)
  }

  #sayShallow(): void {
    const { slots } = this.#tools
    for (const [slot, { why, taken }] of this.#shallow) {
      const device = slots.deviceIn(slot)
      const isSame = slots.deviceSlotTaken(slot) === taken // else it never came to be, and another has its slot
      if (isSame && device === undefined) continue
      this.#shallow.delete(slot)
      if (!isSame || device === undefined || device.isShallow) continue // a reset opens its disk again
      device.isShallow = true
      this.#note('note', `${device.id} does one request at a time: ${why}`, device)
    }
  }

  #setStuck(device: RunningDevice, why: string | null): void {
    const was = device.stuck
    device.stuck = why
    if (was === null && device.stuck !== null) this.#note('failed', `${device.id}: ${device.stuck}`, device)
    if (was !== null && device.stuck === null)
      this.#note(
        'recovered',
        `${device.id}: ${was.startsWith('its iothread') ? 'its iothread goes on' : 'its disk answers again'}`,
        device,
      )
  }

  #devicesOf(iothread: number): readonly RunningDevice[] {
    return [...this.#tools.slots.devices.values()].filter((device) => device.iothread === iothread)
  }

  #note(kind: 'failed' | 'recovered' | 'note', text: string, device: RunningDevice | null = null): void {
    const about = device === null ? {} : { device: device.id, group: outermostGroup(device) }
    this.#report(event(this.#tools.clock.nowNs(), kind, text, about))
  }
}
