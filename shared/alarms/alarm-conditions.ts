import { boundsWords } from '../latency-words.ts'
import type { LatencyBounds } from '../snapshot.ts'
import { DIRECTIONS, type Direction } from '../throttle/limits.ts'
import { formatLimit, limitWords } from '../throttle/words.ts'
import { formatDurationNs } from '../units.ts'
import type { Alarm, AlarmReading, AlarmRules, AlarmSubject } from './alarm.ts'

// Which conditions of a reading are looked at, and whether each holds now.

export interface Condition extends AlarmSubject, Pick<Alarm, 'key' | 'value' | 'threshold'> {
  /** What an alarm that begins now says: of hundreds of VMs a thousand conditions are looked at each second. */
  readonly text: () => string
  /** null: not known, so nothing changes. */
  readonly holds: boolean | null
  /** It must hold for so long before the alarm begins. */
  readonly beginsAfterNs: number
  /** And must not hold for so long before it ends. */
  readonly endsAfterNs: number
}

const S = 1_000_000_000
/** One look above a line says little: a backup's first second is slow, too. */
const SETTLE_NS = 3 * S
const QUIET_NS = 5 * S
/** Failures come singly; an alarm each would be noise. */
const FAILED_QUIET_NS = 60 * S

/** `failedBefore`: by disk and direction as `failedKey` makes it; what is not in there is seen for the first time. */
export function conditionsOf(
  reading: AlarmReading,
  rules: AlarmRules,
  failedBefore: ReadonlyMap<string, number>,
): readonly Condition[] {
  const conditions = [
    lost(reading),
    ...(reading.problem === null
      ? [...limitConditions(reading, rules), ...diskConditions(reading, rules, failedBefore), ...drift(reading)]
      : []),
  ]
  return conditions.filter(({ kind }) => rules.kinds.includes(kind))
}

export function failedKey(disk: string, direction: Direction): string {
  return `${direction} ${disk}`
}

function condition(
  about: Partial<AlarmSubject> & Pick<AlarmSubject, 'kind'>,
  what: Pick<Condition, 'holds' | 'text' | 'beginsAfterNs'> & Partial<Condition>,
): Condition {
  const subject = { subject: null, bucket: null, direction: null, ...about }
  const key = `${subject.kind} ${subject.subject ?? ''} ${subject.bucket ?? subject.direction ?? ''}`
  return { ...subject, key, value: null, threshold: null, endsAfterNs: QUIET_NS, ...what }
}

function lost({ problem }: AlarmReading): Condition {
  return condition(
    { kind: 'lost' },
    { holds: problem !== null, text: () => problem ?? 'it answers', beginsAfterNs: SETTLE_NS, endsAfterNs: 0 },
  )
}

function limitConditions({ limits }: AlarmReading, rules: AlarmRules): readonly Condition[] {
  return limits.flatMap(({ group, bucket, avg, rate, atLimit, bursts, headroomNs }) => {
    const about = { subject: group, bucket }
    const held = condition(
      { kind: 'at-limit', ...about },
      {
        holds: atLimit,
        text: () => `${group}: at its ${limitWords(bucket)} limit of ${formatLimit(bucket, avg)}`,
        value: rate,
        threshold: avg,
        beginsAfterNs: rules.atLimitNs,
      },
    )
    if (!bursts) return [held]
    const isSoon = headroomNs !== null && headroomNs < rules.burstNs && rate !== null && rate > avg
    const burst = condition(
      { kind: 'burst', ...about },
      {
        holds: atLimit === null ? null : isSoon && !atLimit,
        text: () =>
          `${group}: its ${limitWords(bucket)} burst is spent in ≈ ${formatDurationNs(headroomNs ?? 0)} at this rate`,
        value: headroomNs,
        threshold: rules.burstNs,
        beginsAfterNs: SETTLE_NS,
      },
    )
    return [held, burst]
  })
}

const PLURAL: Readonly<Record<Direction, string>> = { read: 'reads', write: 'writes' }

function diskConditions(
  { disks }: AlarmReading,
  rules: AlarmRules,
  failedBefore: ReadonlyMap<string, number>,
): readonly Condition[] {
  return disks.flatMap(({ id, latencyNs, p99, failed }) =>
    DIRECTIONS.flatMap((direction) => {
      const about = { subject: id, direction }
      const mean = latencyNs[direction]
      const slowest = p99?.[direction] ?? null
      const slow = condition(
        { kind: 'latency', ...about },
        {
          // Where no request was completed none was slow.
          holds: mean !== null && mean > rules.latencyNs,
          text: () => `${id}: ${PLURAL[direction]} take ${formatDurationNs(mean ?? 0)} on average${tailWords(slowest)}`,
          value: mean,
          threshold: rules.latencyNs,
          beginsAfterNs: SETTLE_NS,
        },
      )
      const count = failed[direction]
      const before = failedBefore.get(failedKey(id, direction))
      const fresh = count === null || before === undefined ? null : Math.max(0, count - before)
      const failing = condition(
        { kind: 'failed', ...about },
        {
          holds: fresh === null ? null : fresh > 0,
          text: () => `${id}: ${fresh === 1 ? `a ${direction}` : `${fresh} ${PLURAL[direction]}`} failed`,
          value: fresh,
          beginsAfterNs: 0,
          endsAfterNs: FAILED_QUIET_NS,
        },
      )
      return [slow, failing]
    }),
  )
}

function drift({ drift: found }: AlarmReading): readonly Condition[] {
  if (found === null) return []
  const text = () => `drifted: ${found.join('; ')}`
  return [condition({ kind: 'drift' }, { holds: found.length > 0, text, beginsAfterNs: 0, endsAfterNs: 0 })]
}

function tailWords(p99: LatencyBounds | null): string {
  return p99 === null ? '' : ` (p99 ${boundsWords(p99)})`
}
