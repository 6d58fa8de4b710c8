import { expect, test } from 'vitest'
import { picture } from '#main/live/testing/pictures.ts'
import { Host } from './host.ts'
import type { VmPort } from './vm-port.ts'

/** Which VMs' block jobs a host of two looks at while it attends to the second. */
async function lookedAt(jobs: boolean, hasCheapJobs: boolean): Promise<readonly boolean[]> {
  const open = async () => ({
    name: null,
    title: null,
    discover: async () => picture([], []),
    look: async (nowNs: () => number) => ({ atNs: nowNs(), slackNs: 0, stats: [] }),
    runState: async () => 'running',
    jobs: async () => [],
    close: () => {},
  })
  const list = async () => ['a', 'b'].map((id) => ({ id, label: id }))
  const port = { name: '', list, open, close: () => {}, ...(hasCheapJobs ? { hasCheapJobs } : {}) }
  const host = new Host({ ports: [port as unknown as VmPort], periodMs: 5, jobs }) // what a host asks of it
  await host.start()
  host.attend(new Set(['b']))
  await new Promise<void>((resolve) => {
    host.onLook(({ vms }) => {
      if (vms.every(({ looks }) => looks.answered >= 2)) resolve()
    })
  })
  const { vms } = host.look()
  host.close()
  return vms.map((vm) => vm.jobs !== undefined)
}

test('block jobs are looked at of a VM that is attended, and of all where that is cheap and asked for', async () => {
  expect(await lookedAt(true, true)).toEqual([true, true])
  expect(await lookedAt(true, false)).toEqual([false, true])
  expect(await lookedAt(false, true)).toEqual([false, true])
})
