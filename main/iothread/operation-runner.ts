import type { DepthPort, DiskPort } from '#main/device/disk-port.ts'
import type { IoBuffers } from '#main/device/io-buffers.ts'
import { EngineError } from '#main/engine-error.ts'
import type { Random } from '#main/load/random.ts'
import { createStream, deviceRandom, type RequestStream } from '#main/load/request-stream.ts'
import { memberGroup } from '#main/throttle/member-table.ts'
import { assert, assertNever } from '#shared/assert.ts'
import { type ArrivalLog, loggedStream } from './arrival-log.ts'
import type { DiskDepth } from './disk-depth.ts'
import type { DeviceSpec, Level, LoadSpec, Operation, OperationFailure } from './messages.ts'
import { openDisk } from './open-disk.ts'
import { ServedDevice } from './served-device.ts'
import type { Surroundings } from './surroundings.ts'

// What the engine asks of an iothread, carried out between two requests, and the devices that follow from it.

interface PlacedDevice {
  readonly spec: DeviceSpec
  /** Lives as long as the device, through every load it gets. */
  readonly random: Random
  readonly device: ServedDevice
  load: LoadSpec
}

export interface OperationTools extends Surroundings {
  readonly buffers: IoBuffers
  /** For disks that have requests in flight. */
  readonly depth: DiskDepth
  /** null: nobody records what is asked for. */
  readonly arrivals: ArrivalLog | null
}

export class OperationRunner {
  /** In the order in which they came. */
  devices: readonly ServedDevice[] = []
  isPaused = true
  readonly #around: OperationTools
  readonly #places = new Map<number, PlacedDevice>()

  constructor(around: OperationTools) {
    this.#around = around
  }

  /** Carries out all of them. One that fails has changed nothing; the others are carried out all the same. */
  run(operations: readonly Operation[]): readonly OperationFailure[] {
    const failures: OperationFailure[] = []
    const { depth } = this.#around
    for (const [index, operation] of operations.entries()) {
      try {
        this.#runOne(operation)
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        const { code, message, advice } = error
        failures.push({ index, failure: { code, message, advice } })
      }
    }
    if (operations.some(({ kind }) => kind === 'close' || kind === 'set-load')) depth.aio?.shrink()
    return failures
  }

  closeAll(): void {
    for (const device of this.devices) device.close()
    this.#places.clear()
    this.devices = []
    this.#around.depth.close()
  }

  #runOne(operation: Operation): void {
    const { throttle, clock } = this.#around
    switch (operation.kind) {
      case 'open':
        this.#open(operation.device, operation.ifBroken)
        break
      case 'close':
        this.#close(operation.slot)
        break
      case 'join':
        this.#join(operation.slot, operation.levels)
        break
      case 'leave':
        this.#leave(operation.slot)
        break
      case 'configure':
        throttle.configure(operation.group, operation.limits, clock.nowNs())
        break
      case 'set-load':
        this.#setLoad(operation.slot, operation.load)
        break
      case 'pause':
        for (const device of this.devices) device.settle()
        this.isPaused = true
        clock.freeze()
        this.#around.arrivals?.flush()
        break
      case 'resume':
        this.isPaused = false
        clock.thaw()
        break
      case 'rewind':
        this.#rewind(operation.slot)
        break
      case 'release':
        this.#release(operation.member)
        break
      case 'look':
        throttle.look(operation.group, clock.nowNs())
        break
      default:
        assertNever(operation)
    }
  }

  #open(spec: DeviceSpec, ifBroken: 'refuse' | 'keep'): void {
    assert(!this.#places.has(spec.slot), 'a slot is taken once')
    const random = deviceRandom(spec.seed, spec.id)
    const disk = this.#tryDisk(spec)
    if (disk instanceof EngineError && ifBroken === 'refuse') throw disk
    const device = new ServedDevice(spec.slot, disk, this.#stream(spec, spec.load, random), this.#around)
    this.#places.set(spec.slot, { spec, random, device, load: spec.load })
    this.#listDevices()
    if (disk instanceof EngineError) throw disk
  }

  #tryDisk(spec: DeviceSpec): DiskPort | DepthPort | EngineError {
    try {
      return openDisk(spec, this.#around)
    } catch (error) {
      if (error instanceof EngineError) return error
      throw error
    }
  }

  /** A device that could not be opened is closed without a word: the engine undoes a whole batch. */
  #close(slot: number): void {
    const device = this.#places.get(slot)?.device
    if (device === undefined) return
    assert(memberGroup(this.#around.throttle.memory, slot) === -1, 'a device leaves its group before it is closed')
    device.discard()
    device.close()
    this.#places.delete(slot)
    this.#listDevices()
  }

  #setLoad(slot: number, load: LoadSpec): void {
    const placed = this.#placed(slot)
    placed.load = load
    placed.device.setStream(this.#stream(placed.spec, load, placed.random))
  }

  #rewind(slot: number): void {
    const placed = this.#placed(slot)
    placed.device.discard()
    placed.random.restart()
    placed.device.setStream(this.#stream(placed.spec, placed.load, placed.random))
    if (placed.device.failure !== null) {
      const ownFile = placed.spec.ownFile === null ? null : { ...placed.spec.ownFile, how: 'remake' as const }
      placed.device.replaceDisk(openDisk({ ...placed.spec, ownFile }, this.#around))
    }
  }

  #stream(spec: DeviceSpec, { workload, trace }: LoadSpec, random: Random): RequestStream {
    const { clock, arrivals } = this.#around
    const { slot, disk } = spec
    const stream = createStream({ workload, trace, random, diskBytes: disk.sizeBytes, fromNs: clock.nowNs() })
    return arrivals === null ? stream : loggedStream(stream, slot, arrivals)
  }

  /** The innermost level first, as QEMU makes its filters. */
  #join(slot: number, levels: readonly Level[]): void {
    const { throttle, clock } = this.#around
    const nowNs = clock.nowNs()
    let next = -1
    for (const { member, group } of [...levels].reverse()) {
      throttle.dropGranted(member) // of a device on an iothread that died
      throttle.join(group, member, nowNs, next)
      next = member
    }
    this.#placed(slot).device.setLevels(levels.map(({ member }) => member))
  }

  /** Outermost first: what an outer level lets go arrives at the inner ones, which drain after it. */
  #leave(slot: number): void {
    const { throttle, clock } = this.#around
    const { device } = this.#placed(slot)
    for (const member of device.levels) throttle.leave(member, clock.nowNs())
    device.setLevels([])
  }

  #release(member: number): void {
    const { throttle, clock } = this.#around
    if (memberGroup(throttle.memory, member) !== -1) throttle.leave(member, clock.nowNs())
  }

  #placed(slot: number): PlacedDevice {
    const placed = this.#places.get(slot)
    assert(placed !== undefined, 'an operation names a device of this iothread')
    return placed
  }

  #listDevices(): void {
    this.devices = [...this.#places.values()].map((placed) => placed.device)
  }
}
