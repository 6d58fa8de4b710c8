import { expect, test } from 'vitest'
import type { BucketLook, HostLook, VmLook } from '#shared/host-look.ts'
import { HeldTimes } from './host-held.ts'

/** The wall clock is 1000 s ahead of that of looks. */
function look(seconds: number, atLimit: BucketLook['atLimit']): HostLook {
  const bucket = { bucket: 'iops-total', avg: 1, rate: 1, share: 1, level: null, atLimitNs: 0, atLimit } as const
  const group = { name: 'gold', limits: {}, disks: [], throttledShare: null, throttledNs: null, resets: 0 }
  const vm = { id: 'web', groups: [{ ...group, buckets: [bucket] }] } as unknown as VmLook // what is asked of it
  return { host: '', nowNs: seconds * 1e9, wallMs: (1000 + seconds) * 1000, problems: [], vms: [vm] }
}

/** After looks, one a second: `#` at its limit, `.` not, `?` not known. */
function after(looks: string): string | null {
  const times = new HeldTimes()
  ;[...looks].forEach((each, second) => {
    times.see(look(second, each === '?' ? null : each === '#'))
  })
  const since = times.since('web', 'gold', 'iops-total')
  return since === null ? null : `${since.sinceMs / 1000 - 1000}${since.orBefore ? ' or before' : ''}`
}

test.each([
  ['..##', '2'],
  ['##', '0 or before'],
  ['?##', '1 or before'],
  ['.#....', '1'],
  ['.#.....#', '7'],
  ['.#.#..#', '1'],
  ['.#??', '1'],
  ['.#......', null],
  ['...', null],
  ['', null],
])('%o is held since %o', (looks, since) => expect(after(looks)).toBe(since))
