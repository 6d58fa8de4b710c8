import type { Comparison, Difference, FigureName } from '#main/advise/compare-results.ts'
import type { Rates } from '#main/advise/demand.ts'
import type { LevelAdvice } from '#main/advise/level-advice.ts'
import type { Advice, Candidate } from '#main/advise/limit-advice.ts'
import { playedHiddenWords } from '#shared/hidden-words.ts'
import { gainsSentence } from '#shared/report/gains.ts'
import { bucketLimits } from '#shared/throttle/burst.ts'
import { burstSentence, plainSentence } from '#shared/throttle/burst-words.ts'
import { type Limits, limitOf } from '#shared/throttle/limits.ts'
import { findStarvation } from '#shared/throttle/starvation.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { formatBps, formatDurationNs, formatIops, formatShort } from '#shared/units.ts'
import { membersOf, type Workspace } from '#shared/workspace/workspace.ts'
import type { Paint } from './terminal.ts'

// What `weir advise` says, as lines of text.

const percent = (share: number): string => `${formatShort(share * 100)} %`

function demandLine(what: string, rates: Rates, format: (value: number) => string): string {
  const { mean, p50, p95, p99, max } = rates
  const seconds = `by the second p50 ${format(p50)}, p95 ${format(p95)}, p99 ${format(p99)}, max ${format(max)}`
  return `  demand, ${what}: ${format(mean)} on average; ${seconds}`
}

function candidateLine(candidate: Candidate, isRecommended: boolean, paint: Paint): string {
  const { limits, delayedShare, waitP99Ns, waitMaxNs, bunched } = candidate
  const most = bunched === null ? '' : formatDurationNs(bunched.waitP99Ns).padStart(13)
  const waits = `${percent(delayedShare).padStart(8)}${formatDurationNs(waitP99Ns).padStart(10)}${formatDurationNs(waitMaxNs).padStart(10)}${most}`
  const line = `${isRecommended ? '→' : ' '} ${candidate.rate.padEnd(4)}${waits}  ${limitsInWords(limits)}`
  return isRecommended ? paint.good(line) : line
}

/** Both buckets of advised limits, told: how long their bursts last, to what they fall, when they are back. */
function burstLines(limits: Limits): readonly string[] {
  return (['iops', 'bps'] as const)
    .filter((unit) => limitOf(limits, `${unit}-total`) !== 0)
    .map((unit) => {
      const words = burstSentence(bucketLimits(limits, `${unit}-total`), {
        unit,
        demand: Number.POSITIVE_INFINITY,
        bytes: 'binary',
      })
      return `  ${unit === 'iops' ? 'IOPS' : 'Bandwidth'}: ${plainSentence(words)}`
    })
}

function warningLines(advice: Advice, workspace: Workspace): readonly string[] {
  const members = membersOf(workspace, advice.group).map(({ id, workload }) => ({
    id,
    outstanding: workload.kind === 'idle' ? null : workload.iodepth,
    readShare: workload.kind === 'synthetic' ? workload.readPercent / 100 : 0.5,
  }))
  const present = workspace.groups[advice.group] ?? {}
  const starving = findStarvation(present, members).map(
    ({ message }) => `  Now (${limitsInWords(present)}): ${message}`,
  )
  if (advice.insatiable.length === 0) return [...starving, ...hiddenLines(advice), ...timingLines(advice)]
  const names = advice.insatiable.join(', ')
  return [
    ...starving,
    `  No advice while ${names} take${advice.insatiable.length === 1 ? 's' : ''} all it can get, which only shows how fast the disk is. Set a rate ("rateIops") or use a recorded load.`,
  ]
}

function hiddenLines({ hidden }: Advice): readonly string[] {
  return playedHiddenWords(hidden).map((words) => `  ${words}`)
}

function timingLines({ timing }: Advice): readonly string[] {
  if (timing === 'each request') return []
  return [
    '  Counted in intervals: when requests came within an interval is not known. The waits assume that they came evenly, "bunched" that those of two intervals came at once. The advice holds for both.',
  ]
}

export function adviceLines(advice: Advice, workspace: Workspace, paint: Paint): readonly string[] {
  return [
    paint.bold(`${advice.group} (${advice.members.join(', ')})`),
    ...demandLines(advice),
    ...candidateLines(advice, paint),
    ...warningLines(advice, workspace).map((line) => paint.warn(line)),
  ]
}

/** Which level of each chain to raise. */
export function levelLines(levels: readonly LevelAdvice[], paint: Paint): readonly string[] {
  if (levels.length === 0) return []
  return [
    paint.bold('Devices with several limits, as they are in the file'),
    ...levels.map(({ device, levels: chain, waitP99Ns, raise }) => {
      const waits = chain.map(({ group, waitMeanNs }) => `${group} ${formatDurationNs(waitMeanNs ?? 0)}`).join(', ')
      const line = `  ${device} waits on average: ${waits}; 99 of 100 up to ${formatDurationNs(waitP99Ns)}. `
      return raise === null ? `${line}No limit needs raising.` : `${line}${paint.warn(`Raise ${raise}.`)}`
    }),
  ]
}

function demandLines({ demand }: Advice): readonly string[] {
  if (demand === null) return []
  return [demandLine('IOPS', demand.iops, formatIops), demandLine('bandwidth', demand.bps, formatBps)]
}

function candidateLines({ candidates, recommended, targetWaitNs, timing }: Advice, paint: Paint): readonly string[] {
  if (candidates.length === 0) return []
  const chosen = recommended === null ? undefined : candidates[recommended]
  const target = `99 of 100 requests wait at most ${formatDurationNs(targetWaitNs)}`
  return [
    paint.dim(`  rate  delayed  wait p99       max${timing === 'intervals' ? '  p99 bunched' : ''}  limits`),
    ...candidates.map((candidate, index) => candidateLine(candidate, index === recommended, paint)),
    chosen === undefined
      ? paint.warn(`  None of these is enough: ${target} would need more than the highest rate seen.`)
      : `  Choose ${limitsInWords(chosen.limits)}: the lowest limits with which ${target}.`,
    ...(chosen === undefined ? [] : burstLines(chosen.limits)),
  ]
}

const FIGURES: Readonly<Record<FigureName, readonly [label: string, format: (value: number) => string]>> = {
  iops: ['IOPS', formatIops],
  bps: ['bandwidth', formatBps],
  waitP50Ns: ['wait p50', formatDurationNs],
  waitP99Ns: ['wait p99', formatDurationNs],
  delayedShare: ['delayed', percent],
  throttledShare: ['slowed', percent],
  fairness: ['fairness', percent],
}

function differenceLine({ figure, a, b, change, verdict }: Difference, paint: Paint): string {
  const [label, format] = FIGURES[figure]
  const by = change === null ? 'new' : `${change > 0 ? '+' : ''}${percent(change)}`
  const line =
    `  ${label.padEnd(10)}${format(a).padStart(12)}${format(b).padStart(12)}${by.padStart(10)}  ${verdict === 'same' ? '' : verdict}`.trimEnd()
  if (verdict === 'same') return paint.dim(line)
  return verdict === 'better' ? paint.good(line) : paint.bad(line)
}

export function comparisonLines(comparison: Comparison, paint: Paint): readonly string[] {
  const { differences, gains, onlyA, onlyB, tolerance } = comparison
  const subjects = [...new Set(differences.map(({ kind, name }) => `${kind} ${name}`))]
  const missing = (names: readonly string[], where: string): readonly string[] =>
    names.length === 0 ? [] : [`Only in ${where}: ${names.join(', ')}`]
  const told = gainsSentence(gains)
  return [
    paint.bold(`A: ${comparison.a}   B: ${comparison.b}`),
    paint.dim(`  ${''.padEnd(10)}${'A'.padStart(12)}${'B'.padStart(12)}${'change'.padStart(10)}`),
    ...subjects.flatMap((subject) => [
      paint.bold(subject),
      ...differences
        .filter(({ kind, name }) => `${kind} ${name}` === subject)
        .map((each) => differenceLine(each, paint)),
    ]),
    ...missing(onlyA, 'A'),
    ...missing(onlyB, 'B'),
    `From A to B: ${told === '' ? 'no device gains or pays.' : told}`,
    `Worse in B: ${worseFigures(differences)} (within ${percent(tolerance)} counts as no change)`,
  ]
}

/** What `--fail-if-worse` fails by: `group gold (fairness); device etl (IOPS, wait p99)`. */
function worseFigures(differences: readonly Difference[]): string {
  const figures = new Map<string, string[]>()
  for (const { kind, name, figure, verdict } of differences) {
    if (verdict !== 'worse') continue
    const subject = `${kind} ${name}`
    figures.set(subject, [...(figures.get(subject) ?? []), FIGURES[figure][0]])
  }
  if (figures.size === 0) return 'nothing'
  return [...figures].map(([subject, worse]) => `${subject} (${worse.join(', ')})`).join('; ')
}
