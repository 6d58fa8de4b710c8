import { afterEach, expect, test } from 'vitest'
import type { VmLink } from '../vm-link.ts'
import type { VmPort } from './vm-port.ts'
import { VmWatch } from './vm-watch.ts'

const watches: VmWatch[] = []
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close()
})

/** A VM that takes links, and whether each is still open. */
function watched(): { readonly watch: VmWatch; readonly open: boolean[] } {
  const open: boolean[] = []
  const port = {
    name: 'a port',
    open: async () => {
      const at = open.push(true) - 1
      const link = {
        name: 'web01',
        title: null,
        discover: async () => ({ disks: [], groups: [] }),
        look: async (nowNs: () => number) => ({ atNs: nowNs(), stats: [], isSecondHand: false }),
        runState: async () => 'running',
        jobs: async () => [],
        close: () => {
          open[at] = false
        },
      }
      return link as unknown as VmLink // what a watch asks of it
    },
    close: () => {},
  } as unknown as VmPort
  const nowNs = () => performance.now() * 1e6
  const watch = new VmWatch({ place: { id: 'unix:/a', label: 'a' }, port, periodMs: 5, nowNs })
  watches.push(watch)
  return { watch, open }
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test.each(['close', 'release'] as const)('a look that waits behind a change takes no link after %s', async (end) => {
  const { watch, open } = watched()
  watch.start(0)
  while (!watch.seen().up) await pass(1)
  let finish = () => {}
  const change = watch.work(() => new Promise<void>((resolve) => (finish = resolve)))
  await pass(20) // the next look is due by now, and waits
  const ended = end === 'close' ? watch.close() : watch.release()
  finish()
  await change
  await ended
  await pass(20)
  expect(open).toEqual([false])
})
