import { expect, test } from 'vitest'
import type { LiveJob } from '#shared/block-job.ts'
import type { VmLook } from '#shared/host-look.ts'
import { jobBadge, jobLines } from './job-words.ts'

const GIB = 2 ** 30

function job(part: Partial<LiveJob>): LiveJob {
  const figures = { doneBytes: 32 * GIB, totalBytes: 76 * GIB, speedBps: null, rateBps: 180 * 2 ** 20, error: null }
  const places = { disks: ['vda'], takesFrom: [], passesBy: [] }
  return { id: 'job0', kind: 'backup', status: 'running', ...figures, ...places, ...part }
}

function words(...jobs: readonly Partial<LiveJob>[]): readonly [string | null, string] {
  const vm = { jobs: jobs.map(job) } as unknown as VmLook // all that is asked of it
  return [jobBadge(vm), jobLines(vm, 'binary')]
}

test('a row says how far its job is, or how many there are, and its title each of them', () => {
  expect(words({})).toEqual(['42 %', 'backup of vda: 42 % of 76 GiB, 180 MiB/s, 4.17 min left'])
  expect(words({}, { kind: 'mirror', disks: [], totalBytes: 0, status: 'ready', rateBps: null })).toEqual([
    '2 jobs',
    'backup of vda: 42 % of 76 GiB, 180 MiB/s, 4.17 min left\nmirror of job0: ready',
  ])
  expect(words({ totalBytes: 0, status: null, rateBps: null })).toEqual(['backup', 'backup of vda'])
})

test('one that is over, and jobs that nobody looked at, are no badge', () => {
  expect(words({ status: 'concluded' })).toEqual([null, ''])
  expect(words()).toEqual([null, ''])
  expect(jobBadge({} as VmLook)).toBeNull() // all that is asked of it
})
