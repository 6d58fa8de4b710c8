import { expect, test } from 'vitest'
import { DiskCounters } from '#main/live/disk-counters.ts'
import { readJob } from './read-job.ts'
import { readDomstats } from './virsh-answers.ts'

const stats = (reads: number, writes: number) => `Domain: 'web 01'
  state.state=1
  block.count=1
  block.0.name=vda
  block.0.rd.reqs=${reads}
  block.0.rd.bytes=${reads * 4096}
  block.0.rd.times=${reads * 1_000_000}
  block.0.wr.reqs=${writes}
  block.0.wr.bytes=0
  block.0.wr.times=0
  block.0.fl.reqs=0
  block.0.fl.times=0
  block.0.capacity=67108864
`

test('failed and merged requests, which libvirt does not count, are unknown and not 0', () => {
  const counters = readDomstats(stats(10, 0)).get('web 01')?.disks[0]?.counters
  expect(counters?.read).toEqual({ operations: 10, bytes: 40960, totalTimeNs: 10_000_000, merged: null, failed: null })
  const disk = new DiskCounters()
  disk.advance(counters ?? null, 0)
  disk.advance(readDomstats(stats(20, 5)).get('web 01')?.disks[0]?.counters ?? null, 1_000_000_000)
  expect([disk.passed('read').requests, disk.flow('read').failed, disk.flush().failed]).toEqual([10, undefined, null])
})

test('a block job as virsh prints it raw; nothing is no job', () => {
  const text = ' type=Active Block Commit\n bandwidth=1048576\n cur=16777216\n end=67108864\n'
  expect(readJob('vda', text)).toEqual({
    id: 'vda',
    kind: 'commit',
    status: null,
    doneBytes: 16_777_216,
    totalBytes: 67_108_864,
    speedBps: 1_048_576,
    error: null,
    nodes: null,
  })
  expect(readJob('vda', '')).toBeNull()
})
