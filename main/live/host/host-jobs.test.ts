import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { picture } from '#main/live/testing/pictures.ts'
import type { VmLink } from '#main/live/vm-link.ts'
import { Host } from './host.ts'
import { VmJobs } from './vm-jobs.ts'
import type { VmPlace, VmPort } from './vm-port.ts'

/** How often a host of two asked each VM for its block jobs in ten looks or some more, while it attended to the second. */
async function asked(jobs: boolean, hasCheapJobs: boolean): Promise<readonly ('never' | 'once' | 'often')[]> {
  const counts = { a: 0, b: 0 }
  const isLooking = { a: false, b: false }
  const open = async ({ id }: VmPlace) => ({
    name: null,
    title: null,
    discover: async () => picture([], []),
    look: async (nowNs: () => number) => {
      isLooking[id as 'a' | 'b'] = true
      await setImmediate()
      isLooking[id as 'a' | 'b'] = false
      return { atNs: nowNs(), slackNs: 0, stats: [] }
    },
    runState: async () => 'running',
    jobs: async () => {
      expect(isLooking[id as 'a' | 'b'], 'both questions go together').toBe(true)
      counts[id as 'a' | 'b'] += 1
      return []
    },
    close: () => {},
  })
  const list = async () => ['a', 'b'].map((id) => ({ id, label: id }))
  const port = { name: '', list, open, close: () => {}, ...(hasCheapJobs ? { hasCheapJobs } : {}) }
  const host = new Host({ ports: [port as unknown as VmPort], periodMs: 5, jobs }) // what a host asks of it
  await host.start()
  host.attend(new Set(['b']))
  await new Promise<void>((resolve) => {
    host.onLook(({ vms }) => {
      if (vms.every(({ looks }) => looks.answered >= 10)) resolve()
    })
  })
  const { vms } = host.look()
  const isKnown = ['a', 'b'].map((id) => host.hasJob(id, 'backup0') !== null)
  host.close()
  expect(isKnown, 'only what each look says is known').toEqual([false, true])
  const words = [counts.a, counts.b].map((count) => (count === 0 ? 'never' : count === 1 ? 'once' : 'often'))
  expect(vms.map((vm) => vm.jobs !== undefined)).toEqual(words.map((word) => word !== 'never'))
  return words
}

test('block jobs are asked for at each look at a VM that is attended, and now and then of all where that is cheap', async () => {
  expect(await asked(true, true)).toEqual(['once', 'often'])
  expect(await asked(true, false)).toEqual(['never', 'often'])
  expect(await asked(false, true)).toEqual(['never', 'often'])
})

test('of a VM that is attended nothing is known by a question from before', async () => {
  const jobs = new VmJobs()
  const link = { jobs: async () => [] } as unknown as VmLink // what is asked of it
  const look = async (meanwhile = () => {}) => {
    const asked = await jobs.ask(link, 0)
    meanwhile()
    jobs.see(picture([], []), asked ?? [], 0)
    return jobs.has('backup0')
  }
  jobs.attend('now-and-then')
  expect(await look(() => jobs.attend('each-look'))).toBeNull()
  expect(await look()).toBe(false)
  expect(await look(() => jobs.attend('never'))).toBeNull()
  expect(jobs.latest).toBeNull()
})

test('a job that has concluded and is kept has ended', async () => {
  const about = { kind: 'backup', doneBytes: 1, totalBytes: 1, speedBps: 0, error: null, nodes: [] }
  const told = [
    { ...about, id: 'done', status: 'concluded' },
    { ...about, id: 'runs', status: 'running' },
  ]
  const jobs = new VmJobs()
  jobs.attend('each-look')
  const link = { jobs: async () => told } as unknown as VmLink // what is asked of it
  jobs.see(picture([], []), (await jobs.ask(link, 0)) ?? [], 0)
  expect(['done', 'runs'].map((id) => jobs.has(id))).toEqual([false, true])
})
