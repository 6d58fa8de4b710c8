import { listed } from '#shared/listed.ts'
import type { LevelSnapshot } from '#shared/snapshot.ts'
import type { Sentence } from '#shared/throttle/burst-words.ts'
import { BUCKETS, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { type ByteUnits, formatBps, formatInteger } from '#shared/units.ts'
import type { Workload } from '#shared/workspace/workspace.ts'
import { bindingLevel, wholeWaitNs } from '../store/level-waits.ts'

// What the panel says of a chain.

/** From this share of the waiting on, a level alone holds the device. */
const ALONE = 0.9

/** Which level holds the device, and what raising the others would do; null: nobody can tell. */
export function heldSentence(id: string, levels: readonly LevelSnapshot[], own: readonly string[]): Sentence | null {
  if (levels.length === 0) return null
  const binding = bindingLevel(levels)
  const wholeNs = wholeWaitNs(levels)
  if (binding === null && wholeNs === null) return null
  if (binding === null) return ['No request waits: ', { strong: `no level holds ${id}` }, '.']
  const name = (group: string) => (own.includes(group) ? `its own limit (${group})` : group)
  const held = levels[binding]?.group ?? ''
  const others = [...new Set(levels.map(({ group }) => group))].filter((group) => group !== held)
  const share = wholeNs === null ? 1 : (levels[binding]?.waitMeanNs ?? wholeNs) / wholeNs
  const what = listed(others, { last: 'or' })
  if (share >= ALONE) {
    return [
      { strong: `${id} is held by ${name(held)}` },
      others.length === 0 ? '.' : `; raising ${what} would change nothing.`,
    ]
  }
  return [{ strong: `${id} waits longest at ${name(held)}` }, `, and at ${what} too: raise ${held} first.`]
}

const SIDES = { total: '', read: ' read', write: ' write' } as const

/** `900 IOPS · 60 MiB/s`; `no limit`. */
export function limitsShortly(limits: Limits, units: ByteUnits): string {
  const words = BUCKETS.toReversed().flatMap((bucket) => {
    const limit = limitOf(limits, bucket)
    if (limit === 0) return []
    const [unit, side] = bucket.split('-') as ['iops' | 'bps', keyof typeof SIDES] // of those a bucket's name is made
    return [`${unit === 'iops' ? `${formatInteger(limit)} IOPS` : formatBps(limit, units)}${SIDES[side]}`]
  })
  return words.length === 0 ? 'no limit' : words.join(' · ')
}

/** What the guest does, as its load says. */
export function guestWords(workload: Workload): string {
  if (workload.kind === 'idle') return 'asks for nothing'
  if (workload.kind === 'trace') return 'asks for what was recorded'
  const { arrivals, iodepth, rateIops } = workload
  if (arrivals === 'closed') return `keeps ${formatInteger(iodepth)} outstanding`
  return `asks for ${formatInteger(rateIops)} per second`
}
