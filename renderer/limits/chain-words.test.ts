import { expect, test } from 'vitest'
import type { LevelSnapshot } from '#shared/snapshot.ts'
import type { Sentence } from '#shared/throttle/burst-words.ts'
import { guestWords, heldSentence, limitsShortly } from './chain-words.ts'

function levels(waits: Readonly<Record<string, number | null>>): readonly LevelSnapshot[] {
  return Object.entries(waits).map(([group, waitMeanNs]) => ({ group, queued: 0, waitMeanNs, throttledShare: null }))
}

function said(sentence: Sentence | null): string | null {
  return sentence?.map((part) => (typeof part === 'string' ? part : part.strong)).join('') ?? null
}

test('the panel says which level holds a disk, and what raising the others would do', () => {
  const held = (waits: Readonly<Record<string, number | null>>) => said(heldSentence('db', levels(waits), ['db-own']))
  expect(held({ web01: 20_000, 'db-own': 9e6 })).toBe(
    'db is held by its own limit (db-own); raising web01 would change nothing.',
  )
  expect(held({ web01: 9e6, 'db-own': 0 })).toBe('db is held by web01; raising db-own would change nothing.')
  expect(held({ web01: 3e6, 'db-own': 9e6 })).toBe(
    'db waits longest at its own limit (db-own), and at web01 too: raise db-own first.',
  )
  expect(held({ tenant: 0, web01: 0, 'db-own': 9e6 })).toContain('raising tenant or web01 would')
  expect(held({ web01: 0, 'db-own': 0 })).toBe('No request waits: no level holds db.')
  expect(held({})).toBeNull()
  // On a live VM: where two levels had no room, nobody can tell at which one a request waited.
  expect(held({ tenant: 0, web01: null, 'db-own': null })).toBeNull()
})

test('limits in a few words, requests first', () => {
  expect(limitsShortly({ 'iops-total': 900, 'bps-total': 62_914_560 }, 'binary')).toBe('900 IOPS · 60 MiB/s')
  expect(limitsShortly({ 'iops-read': 400, 'bps-write': 1_048_576 }, 'binary')).toBe('400 IOPS read · 1 MiB/s write')
  expect(limitsShortly({}, 'binary')).toBe('no limit')
})

test('what a guest asks for', () => {
  const load = {
    kind: 'synthetic',
    pattern: 'random',
    readPercent: 100,
    blockBytes: 4096,
    iodepth: 5,
    rateIops: 60,
    startS: 0,
    stopS: null,
    onS: null,
    offS: null,
  } as const
  expect([
    guestWords({ ...load, arrivals: 'closed' }),
    guestWords({ ...load, arrivals: 'poisson' }),
    guestWords({ kind: 'idle' }),
  ]).toEqual(['keeps 5 outstanding', 'asks for 60 per second', 'asks for nothing'])
})
