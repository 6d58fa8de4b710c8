import { type ByteUnits, formatBps, formatBytes, formatDurationNs, formatIops, NS_PER_S } from '../units.ts'
import { atOnceUnits, type BucketLimits, burstDurationS, burstKind, poolUnits, refillS } from './burst.ts'
import type { LimitUnit } from './limit-edits.ts'

// The burst of one bucket, told to people.

/** A sentence in parts, the figures that matter set apart. */
export type Sentence = readonly (string | { readonly strong: string })[]

export function plainSentence(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === 'string' ? part : part.strong)).join('')
}

export interface BurstWordsOptions {
  readonly unit: LimitUnit
  /** What the load asks for in units per second; Infinity: not known, or without end. */
  readonly demand: number
  readonly bytes: ByteUnits
}

/** How long a burst lasts, what it falls to, how long until it is back, and whether `max` is a pool or a rate. */
export function burstSentence(bucket: BucketLimits, options: BurstWordsOptions): Sentence {
  const rate = (value: number) => formatRate(value, options)
  const held = `the group is held at ${rate(bucket.avg)}`
  switch (burstKind(bucket)) {
    case 'none':
      return ['No limit: requests pass at once.']
    case 'steady':
      return [
        'No burst: after a pause ',
        { strong: amount(atOnceUnits(bucket), options) },
        ` may go at once, then ${held}.`,
      ]
    case 'pool':
      return [
        'The burst is a pool of ',
        { strong: amount(poolUnits(bucket), options) },
        ', served as fast as the disk can. ',
        ...poolLasting(bucket, options),
        `Then ${held}. It refills in `,
        { strong: duration(refillS(bucket)) },
        ' of idle time.',
      ]
    case 'enforced':
      return [
        'At full demand the burst lasts ',
        { strong: duration(burstDurationS(bucket, Infinity)) },
        `, enforced at ${rate(bucket.max)}; then ${held}. It refills in `,
        { strong: duration(refillS(bucket)) },
        ' of idle time.',
      ]
  }
}

function poolLasting(bucket: BucketLimits, options: BurstWordsOptions): Sentence {
  if (options.demand === Infinity) return []
  const lastsS = burstDurationS(bucket, options.demand)
  if (lastsS === Infinity) return [`The load asks for ${formatRate(options.demand, options)}, which never empties it. `]
  return [`At the ${formatRate(options.demand, options)} asked for now it lasts `, { strong: duration(lastsS) }, '. ']
}

function formatRate(value: number, { unit, bytes }: BurstWordsOptions): string {
  return unit === 'iops' ? `${formatIops(value)} IOPS` : formatBps(value, bytes)
}

function amount(units: number, { unit, bytes }: BurstWordsOptions): string {
  if (unit === 'bps') return formatBytes(units, bytes)
  return units === 1 ? '1 request' : `${formatIops(units)} requests`
}

function duration(seconds: number): string {
  return formatDurationNs(seconds * NS_PER_S)
}
