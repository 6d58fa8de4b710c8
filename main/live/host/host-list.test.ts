import { afterEach, expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import type { VmLink } from '../vm-link.ts'
import { Host } from './host.ts'
import type { VmPort } from './vm-port.ts'

// Which VMs a host has, of ways to them that are as a test says.

const cleanups: (() => unknown)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

/** Its VMs do not answer. */
function portOf(name: string, list: () => Promise<readonly string[]>): VmPort & { readonly opens: string[] } {
  const opens: string[] = []
  return {
    name,
    opens,
    list: async () => (await list()).map((id) => ({ id, label: id })),
    open: ({ id }): Promise<VmLink> => {
      opens.push(id)
      return Promise.reject(new EngineError('qmp-lost', `${id} does not answer.`, ''))
    },
    close: () => undefined,
  }
}

async function watch(...ports: readonly VmPort[]): Promise<Host> {
  const host = new Host({ ports, periodMs: 10 })
  cleanups.push(() => host.close())
  await host.start()
  return host
}

const nextLook = (host: Host) =>
  new Promise<void>((resolve) => {
    const stop = host.onLook(() => {
      stop()
      resolve()
    })
  })

test('the monitor of a VM on the board is left alone, also when the VM goes and comes again', async () => {
  let there: readonly string[] = ['web01']
  const port = portOf('folder', async () => there)
  const host = await watch(port)
  await host.release('web01')
  const before = port.opens.length
  for (const now of [[], ['web01']]) {
    there = now
    await nextLook(host)
    await nextLook(host)
  }
  expect([host.look().vms.map(({ state }) => state), port.opens.length - before]).toEqual([['opened'], 0])
  host.take('web01')
  there = []
  await nextLook(host)
  await nextLook(host)
  expect(host.ids).toEqual([])
})

test('a port that does not answer holds up no other, neither the beginning nor what comes later', async () => {
  let [there, isHung]: [readonly string[], boolean] = [['web01'], false]
  const hanging = portOf('hanging', () => (isHung ? new Promise(() => undefined) : Promise.resolve(['db01'])))
  const host = await watch(
    hanging,
    portOf('folder', async () => there),
  )
  expect(host.ids).toEqual(['db01', 'web01'])
  isHung = true
  await nextLook(host)
  there = ['web02']
  await nextLook(host)
  await nextLook(host)
  expect(host.ids).toEqual(['db01', 'web02'])
})
