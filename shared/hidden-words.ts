import type { FrontierChart } from './frontier.ts'
import type { HiddenDemand } from './result.ts'
import { formatBps, formatIops, formatShort } from './units.ts'

// What a load does not say of itself: that it was held back, or that it took what it was given.

/** A sentence or two for each reason why more may be wanted than is drawn. `mark`: how figures that show too little are marked. */
export function hiddenWords(chart: FrontierChart, mark = ''): readonly string[] {
  return [...limitedWords(chart, mark), ...steadyWords(chart), ...closedWords(chart)]
}

function limitedWords({ bucket, limited }: FrontierChart, mark: string): readonly string[] {
  if (limited === null) return []
  const was = `${limited.devices.join(', ')} ${limited.devices.length === 1 ? 'was' : 'were'}`
  const time = `${formatShort(Math.ceil(limited.timeShare * 100))} % of the time`
  const from = bucket.startsWith('bps') ? formatBps(limited.fromRate) : formatIops(limited.fromRate)
  return [
    `${was} at a limit for ${time} while recorded. From ${from} on${mark} the figures show what was served, not the demand; lift the limit and record again to know.`,
  ]
}

function steadyWords({ steady }: FrontierChart): readonly string[] {
  if (steady.length === 0) return []
  return [
    `${steady.join(', ')} had the same number of requests under way all the time, so it may take whatever it gets. The figures then show how fast the disk is, not what is wanted.`,
  ]
}

function closedWords({ closedLoops }: FrontierChart): readonly string[] {
  if (closedLoops.length === 0) return []
  const takes = closedLoops.length === 1 ? 'takes whatever it gets' : 'take whatever they get'
  return [
    `${closedLoops.join(', ')} ${takes}: the figures show how fast the disk is, not what is wanted. Record a load, or give it a rate.`,
  ]
}

/** The same of loads that are played: a sentence for each. */
export function playedHiddenWords(hidden: readonly HiddenDemand[]): readonly string[] {
  return hidden.map((load) => `${load.device} ${playedWords(load)}: it may want more than the figures show.`)
}

function playedWords({ timeShare, isSteady }: HiddenDemand): string {
  if (timeShare === null) return 'took what it was given while it was recorded'
  if (isSteady === true)
    return 'had the same number of requests under way all the time it was recorded, as a closed loop has'
  return `was at a limit for ${formatShort(Math.ceil(timeShare * 100))} % of the time while it was recorded`
}

/** Of loads that are looked at together; '': they are as far apart in time as they were, or there are not two. */
export function alignedWords({ isAligned }: Pick<FrontierChart, 'isAligned'>): string {
  if (isAligned !== false) return ''
  return 'These loads were not recorded at the same time, or do not say when they began: all are assumed to begin at the same moment, and what they need together is right only for that.'
}
