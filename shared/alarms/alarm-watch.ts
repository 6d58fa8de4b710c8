import { DIRECTIONS } from '../throttle/limits.ts'
import { formatDurationNs } from '../units.ts'
import type { Alarm, AlarmEvent, AlarmReading, AlarmRules } from './alarm.ts'
import { type Condition, conditionsOf, failedKey } from './alarm-conditions.ts'

// The alarms of one VM, from reading to reading. Time comes with the readings.
//
//   quiet ──holds──▶ waiting ──for long enough──▶ active ──does not hold for long enough──▶ quiet
//     ▲                 │ does not hold
//     └─────────────────┘

interface Track {
  holdsSinceNs: number | null
  freeSinceNs: number | null
  /** null: no alarm. */
  alarm: Alarm | null
}

export class AlarmWatch {
  #rules: AlarmRules
  readonly #tracks = new Map<string, Track>()
  readonly #failed = new Map<string, number>()

  constructor(rules: AlarmRules) {
    this.#rules = rules
  }

  get active(): readonly Alarm[] {
    return [...this.#tracks.values()].flatMap(({ alarm }) => alarm ?? [])
  }

  /** Alarms that the new rules do not know end with the next reading. */
  setRules(rules: AlarmRules): void {
    this.#rules = rules
  }

  read(reading: AlarmReading, atNs: number): readonly AlarmEvent[] {
    const conditions = conditionsOf(reading, this.#rules, this.#failed)
    const events = conditions.flatMap((condition) => this.#step(condition, atNs))
    const known = new Set(conditions.map(({ key }) => key))
    // While the VM does not answer nothing is known of the rest.
    if (reading.problem === null) events.push(...this.#endOthers(known, atNs))
    for (const { id, failed } of reading.disks) {
      for (const direction of DIRECTIONS) {
        const count = failed[direction]
        if (count !== null) this.#failed.set(failedKey(id, direction), count)
      }
    }
    return events
  }

  /** The VM no longer exists. */
  end(atNs: number): readonly AlarmEvent[] {
    return this.#endOthers(new Set(), atNs)
  }

  #step(condition: Condition, atNs: number): readonly AlarmEvent[] {
    const { key, holds } = condition
    const track = this.#tracks.get(key) ?? { holdsSinceNs: null, freeSinceNs: null, alarm: null }
    this.#tracks.set(key, track)
    if (holds === null) return []
    if (holds) {
      track.holdsSinceNs ??= atNs
      track.freeSinceNs = null
      if (track.alarm !== null || atNs - track.holdsSinceNs < condition.beginsAfterNs) return []
      track.alarm = alarmOf(condition, track.holdsSinceNs, atNs)
      return [{ event: 'begin', atNs, alarm: track.alarm }]
    }
    track.holdsSinceNs = null
    track.freeSinceNs ??= atNs
    const { alarm } = track
    if (alarm === null || atNs - track.freeSinceNs < condition.endsAfterNs) return []
    track.alarm = null
    return [{ event: 'end', atNs, alarm }]
  }

  /** Of disks and groups that are gone, and of kinds that nobody asks for any more. */
  #endOthers(known: ReadonlySet<string>, atNs: number): AlarmEvent[] {
    const events: AlarmEvent[] = []
    for (const [key, { alarm }] of this.#tracks) {
      if (known.has(key)) continue
      this.#tracks.delete(key)
      if (alarm !== null) events.push({ event: 'end', atNs, alarm })
    }
    return events
  }
}

function alarmOf(condition: Condition, sinceNs: number, atNs: number): Alarm {
  const { holds: _holds, beginsAfterNs: _begins, endsAfterNs: _ends, text, ...about } = condition
  const lasted = condition.kind === 'at-limit' ? ` for ${formatDurationNs(atNs - sinceNs)}` : ''
  return { ...about, sinceNs, text: `${text()}${lasted}` }
}
