import { expect, test } from 'vitest'
import { JobWatch } from '#main/live/jobs/live-jobs.ts'
import { chained, group, legacy, picture } from '#main/live/testing/pictures.ts'
import { readBlockJobs } from '#main/qmp/block-jobs.ts'
import { withOwnJob } from './own-jobs.ts'
import { readJob } from './read-job.ts'

// As libvirt 12.9 and QEMU 11.1 answered of a blockcopy of a disk with two <throttlefilters>.

const ID = 'copy-vda-libvirt-2-storage'
const JOBS = [
  { device: ID, len: 10, offset: 5, status: 'ready', paused: false, speed: 65_536, ready: true, type: 'mirror' },
]
const NODES = ['#block003', 'libvirt-4-filter', 'libvirt-5-storage', 'libvirt-3-filter', 'libvirt-2-storage']
const LIBVIRTS = ' type=Block Copy\n bandwidth=0\n cur=5\n end=10\n'

const groups = [group('a', { 'iops-total': 20 }, true), group('b', { 'iops-total': 10 }, true)]
const seen = picture(groups, [
  chained('vda', ['b', 'a'], { countersKey: 'vda' }),
  legacy('vdb', null, { countersKey: 'vdb' }),
])

/** What a card says of libvirt's job on a disk, with what QEMU said besides. */
function card(target: string, nodes: readonly string[]) {
  const job = readJob(target, LIBVIRTS)
  if (job === null) throw new Error('libvirt tells of a job')
  const own = { jobs: readBlockJobs(JOBS), nodes: new Map([[ID, nodes]]) }
  const [live] = new JobWatch().look(seen, [withOwnJob(job, own)], 0)
  return [live?.status, live?.disks, live?.takesFrom, live?.passesBy]
}

test('a job of libvirt has QEMU’s status, and whether it goes through the filters of its disk', () => {
  expect(card('vda', NODES)).toEqual(['ready', ['vda'], ['b', 'a'], []])
  expect(card('vda', ['libvirt-2-storage'])).toEqual(['ready', ['vda'], [], ['b', 'a']])
})

test('another disk’s job says nothing of it', () => {
  expect(card('vdb', NODES)).toEqual([null, ['vdb'], [], []])
})
