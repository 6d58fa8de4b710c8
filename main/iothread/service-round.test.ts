import { expect, test } from 'vitest'
import type { KernelAio } from '#main/device/kernel-aio.ts'
import { createIothreadMemory } from './iothread-memory.ts'
import type { ServedDevice } from './served-device.ts'
import { ServiceRound } from './service-round.ts'
import { ServiceSlices } from './service-slices.ts'

const US = 1000

/** An iothread of which the test sees in what order it does what; every call of the kernel finds all that is in flight. */
function iothread() {
  const log: string[] = []
  const aio = { inFlight: 0, put: 0, hasReturned: false, nowNs: 0 }
  const depth = {
    aio: {
      get inFlight() {
        return aio.inFlight
      },
      reap() {
        log.push(`reap ${aio.inFlight}`)
        aio.inFlight = 0
        aio.hasReturned = true
        return aio.nowNs
      },
    } as unknown as KernelAio, // no more of it is asked
    submit() {
      if (aio.put > 0) log.push(`submit ${aio.put}`)
      aio.inFlight += aio.put
      aio.put = 0
    },
    takeAnswers() {
      const had = aio.hasReturned
      aio.hasReturned = false
      return had
    },
  }
  /** Has one request more to start at each slice. */
  const deep = (slot: number, name: string) => {
    const device = {
      ...{ slot, levels: [], failure: null, isHeldUp: false },
      deepDisk: { inFlight: 0 },
      serve(nowNs: number) {
        log.push(name)
        aio.put += 1
        device.deepDisk.inFlight = 1
        return nowNs
      },
      dueNs: () => Number.POSITIVE_INFINITY,
    }
    return device as unknown as ServedDevice & { readonly deepDisk: { inFlight: number } }
  }
  /** Takes as long as it may. */
  const blocking = (slot: number, name: string, deeps: readonly { deepDisk: { inFlight: number } }[]) => {
    const device = {
      ...{ slot, levels: [], failure: null, isHeldUp: false, deepDisk: null },
      serve(nowNs: number, sliceNs: number) {
        log.push(`${name} ${sliceNs / US} µs`)
        aio.nowNs = nowNs + sliceNs
        for (const { deepDisk } of deeps) deepDisk.inFlight = 0 // they return meanwhile
        return aio.nowNs
      },
      dueNs: (nowNs: number) => nowNs,
    }
    return device as unknown as ServedDevice
  }
  const throttle = { hasGranted: true, fireDue: (nowNs: number) => void log.push(`timers ${nowNs / US}`) }
  const round = new ServiceRound({ throttle, depth, reportFailure: () => {} })
  const memory = createIothreadMemory({ groups: 1, members: 8, iodepth: 8 })
  return { log, deep, blocking, round, slicesOf: (devices: ServedDevice[]) => new ServiceSlices(memory, devices) }
}

test('requests of disks with depth are under way before another disk blocks, and their answers are taken after', () => {
  const { log, deep, blocking, round, slicesOf } = iothread()
  const [a, b] = [deep(1, 'a'), deep(3, 'b')]
  const slices = slicesOf([blocking(0, 'cached', [a, b]), a, blocking(2, 'also cached', [a, b]), b])
  expect(round.serve(slices, 0)).toBe(40 * US)
  expect(log).toEqual([
    ...['a', 'b', 'submit 2', 'cached 20 µs', 'timers 20', 'reap 2'],
    ...['a', 'b', 'submit 2', 'also cached 20 µs', 'timers 40', 'reap 2'],
    ...['a', 'b', 'submit 2'],
  ])
})

test('without requests in flight a device has its whole slice', () => {
  const { log, blocking, round, slicesOf } = iothread()
  expect(round.serve(slicesOf([blocking(0, 'cached', [])]), 0)).toBe(200 * US)
  expect(log).toEqual(['cached 200 µs', 'timers 200'])
})
