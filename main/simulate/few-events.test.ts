import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventQueue } from './event-queue.ts'
import { FewEvents } from './few-events.ts'

const IDS = 5
/** Ids below it come before others due at the same ns, as timers do. */
const OTHERS = 2

/** null: the next event is taken. Times are few, so that many events are due at one ns. */
const STEP = fc.option(fc.record({ id: fc.nat(IDS - 1), ns: fc.nat(3) }), { freq: 2 })

test('whatever is set and taken, the next event is that of a queue of events', () => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 40 }), (steps) => {
      const [few, queue] = [new FewEvents(IDS, OTHERS), new EventQueue(IDS, [OTHERS])]
      for (const step of steps) {
        if (step !== null) for (const events of [few, queue]) events.set(step.id, step.ns)
        else if (queue.nextNs() !== Number.POSITIVE_INFINITY) {
          expect(few.next()).toBe(queue.next())
          expect(few.take()).toBe(queue.take())
        }
        expect(few.nextNs()).toBe(queue.nextNs())
        for (let id = 0; id < IDS; id += 1) expect(few.timeNs(id)).toBe(queue.timeNs(id))
      }
      // What changes hands in the order of `ids` comes in the same order there.
      for (const events of [few, queue]) {
        const copy = new EventQueue(IDS, [OTHERS])
        for (const id of events.ids()) copy.set(id, events.timeNs(id))
        while (copy.nextNs() !== Number.POSITIVE_INFINITY) expect(copy.take()).toBe(events.take())
      }
    }),
    { numRuns: 500 },
  )
})
