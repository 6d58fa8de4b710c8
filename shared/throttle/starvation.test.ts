import { expect, test } from 'vitest'
import type { Limits } from './limits.ts'
import { findStarvation, type MemberLoad } from './starvation.ts'

const MIB = 1024 * 1024

function load(outstanding: number | null, readShare = 0.5): MemberLoad {
  return { id: 'disk', outstanding, readShare }
}

function keys(limits: Limits, members: readonly MemberLoad[] = [load(16)]) {
  return findStarvation(limits, members).map(({ key }) => key)
}

test('bandwidth below 2 MB/s per disk may starve', () => {
  expect(keys({ 'bps-total': MIB })).toEqual(['bps-total'])
  expect(keys({ 'bps-total': 2 * MIB })).toEqual([])
})

test('what one disk can live on starves three', () => {
  const three = [load(1), load(1), load(1)]
  expect(keys({ 'bps-read': 5 * MIB }, three)).toEqual(['bps-read'])
  expect(findStarvation({ 'bps-read': 3 * MIB }, three)[0]?.message).toBe(
    'This leaves each of 3 disks 1 MiB/s. Below about 2 MB/s guests have been seen to time out.',
  )
})

test('a queue so long that a request waits half the time-out is risky', () => {
  expect(keys({ 'iops-total': 2 }, [load(32)])).toEqual(['iops-total'])
  expect(keys({ 'iops-total': 100 }, [load(32)])).toEqual([])
  expect(findStarvation({ 'iops-total': 2 }, [load(32)])[0]?.message).toBe(
    'With 32 requests outstanding each waits 16 s; guests give a request up after 30 s.',
  )
})

test('only the requests of its direction wait for a split limit', () => {
  expect(keys({ 'iops-write': 2 }, [load(64, 0.9)])).toEqual([])
  expect(keys({ 'iops-write': 2 }, [load(64, 0.1)])).toEqual(['iops-write'])
})

test('an unknown queue is no ground for a warning', () => {
  expect(keys({ 'iops-total': 1 }, [load(null)])).toEqual([])
})

test('no limit starves nobody', () => {
  expect(keys({})).toEqual([])
})
