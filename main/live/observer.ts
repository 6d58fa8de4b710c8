import type { Counters, FlowCounters, StatsView } from '#main/qmp/qmp-views.ts'
import type { DeviceSnapshot, DirectionSnapshot, FlowSnapshot, GroupSnapshot } from '#shared/snapshot.ts'
import { DIRECTIONS, type Direction, equalLimits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Picture, PictureDisk, PictureGroup } from './picture.ts'
import { type Crowding, type Interval, type Passed, ShadowGroup, type ShadowStart } from './shadow-group.ts'
import { WaitBaseline } from './wait-baseline.ts'

// From two looks at the counters to the figures of a snapshot. What QEMU does not count stays null.

export interface Look {
  readonly stats: readonly StatsView[]
  /** Middle of the time between question and answer, on the session's clock. */
  readonly atNs: number
  /** Half of that time. */
  readonly slackNs: number
}

export interface Observed {
  readonly groups: Readonly<Record<string, GroupSnapshot>>
  readonly devices: Readonly<Record<string, DeviceSnapshot>>
  /** Disks whose counters began anew: the VM was restarted. */
  readonly restarted: readonly string[]
}

interface Delta extends Passed {
  readonly totalTimeNs: number
  /** As the guest counts them, for the rates. */
  readonly guestRequests: number
}

/** What is remembered of a disk between looks. */
interface Memory {
  last: Counters | null
  /** `last` is from before a gap: good to see a restart by, not to count from. */
  isStale: boolean
  readonly total: Record<Direction, { requests: number; bytes: number }>
  readonly baseline: Record<Direction, WaitBaseline>
}

const NOTHING: Delta = { requests: 0, bytes: 0, totalTimeNs: 0, guestRequests: 0 }
type Deltas = ReadonlyMap<string, Record<Direction, Delta>>

export class Observer {
  #disks = new Map<string, Memory>()
  #shadows = new Map<string, ShadowGroup>()
  readonly #emptied = new Set<string>()
  #lastNs: number | null = null

  /** The groups' buckets were emptied since the last look: by commands of ours. */
  noteEmptied(groups: Iterable<string>): void {
    for (const group of groups) {
      this.#emptied.add(group)
      this.#shadows.delete(group)
    }
  }

  /** Nothing is known of the time since the last look: the connection was lost, or the user began anew. */
  forget(): void {
    this.#lastNs = null
    this.#shadows.clear()
    for (const memory of this.#disks.values()) memory.isStale = true
  }

  /** Totals begin at 0 again. */
  reset(): void {
    this.forget()
    this.#disks.clear()
  }

  observe(picture: Picture, { stats, atNs, slackNs }: Look): Observed {
    const fromNs = this.#lastNs ?? atNs
    this.#lastNs = atNs
    const counters = new Map(stats.map((view) => [view.key, view.counters]))
    const restarted: string[] = []
    const deltas: Deltas = new Map(
      picture.disks.map((disk) => {
        const now = disk.countersKey === null ? undefined : counters.get(disk.countersKey)
        const delta = this.#advance(disk.id, now ?? null)
        if (delta === null) restarted.push(disk.id)
        return [disk.id, delta ?? { read: NOTHING, write: NOTHING }]
      }),
    )
    const interval = { fromNs, toNs: atNs, slackNs }
    const crowding = new Map(
      picture.groups.map((group) => [group.name, this.#reckon(group, intervalOf(picture, group, deltas, interval))]),
    )
    const elapsedS = (atNs - fromNs) / NS_PER_S
    return {
      groups: Object.fromEntries(
        picture.groups.map((group) => [group.name, this.#groupSnapshot(picture, group, { deltas, elapsedS })]),
      ),
      devices: Object.fromEntries(
        picture.disks.map((disk) => [disk.id, this.#deviceSnapshot(disk, { deltas, elapsedS, crowding })]),
      ),
      restarted,
    }
  }

  /** What was done since the last look; null: the counters fell, so they began anew. */
  #advance(id: string, now: Counters | null): Record<Direction, Delta> | null {
    const memory = this.#disks.get(id) ?? newMemory()
    this.#disks.set(id, memory)
    const { last, isStale } = memory
    memory.last = now
    memory.isStale = false
    if (now === null || last === null) return { read: NOTHING, write: NOTHING }
    if (DIRECTIONS.some((direction) => now[direction].operations < last[direction].operations)) return null
    if (isStale) return { read: NOTHING, write: NOTHING }
    const [read, write] = DIRECTIONS.map((direction) => {
      const delta = deltaOf(last[direction], now[direction])
      memory.total[direction].requests += delta.guestRequests
      memory.total[direction].bytes += delta.bytes
      return delta
    }) as [Delta, Delta] // two directions
    return { read, write }
  }

  /** Brings a group's shadow up to now and tells how crowded it was. */
  #reckon(group: PictureGroup, interval: Interval): Record<Direction, Crowding> {
    const limits = group.limits ?? NO_LIMITS
    const known = this.#shadows.get(group.name)
    const start: ShadowStart = this.#emptied.delete(group.name) ? 'emptied' : 'unknown'
    const shadow = known && equalLimits(known.limits, limits) ? known : new ShadowGroup(limits, interval.fromNs, start)
    this.#shadows.set(group.name, shadow)
    const unknown = group.limits === null
    const read = unknown ? 'busy' : shadow.crowding('read', interval)
    const write = unknown ? 'busy' : shadow.crowding('write', interval)
    shadow.observe(interval)
    return { read, write }
  }

  #groupSnapshot(
    picture: Picture,
    group: PictureGroup,
    { deltas, elapsedS }: { readonly deltas: Deltas; readonly elapsedS: number },
  ): GroupSnapshot {
    const members = picture.disks.filter((disk) => disk.group === group.name).map((disk) => disk.id)
    const direction = (name: Direction): DirectionSnapshot => {
      const flows = members.map((id) => deltas.get(id)?.[name] ?? NOTHING)
      return {
        iops: perSecond(
          flows.reduce((sum, flow) => sum + flow.guestRequests, 0),
          elapsedS,
        ),
        bps: perSecond(
          flows.reduce((sum, flow) => sum + flow.bytes, 0),
          elapsedS,
        ),
        token: null,
        timerInNs: null,
        queued: null,
        tokenMoves: null,
      }
    }
    const counted = picture.disks.some((disk) => disk.group === group.name && disk.countersKey !== null)
    return {
      limits: group.limits ?? NO_LIMITS,
      ring: null,
      members,
      read: direction('read'),
      write: direction('write'),
      buckets: counted ? (this.#shadows.get(group.name)?.buckets() ?? {}) : {},
      estimated: true,
    }
  }

  #deviceSnapshot(
    disk: PictureDisk,
    about: {
      readonly deltas: Deltas
      readonly elapsedS: number
      readonly crowding: ReadonlyMap<string, Record<Direction, Crowding>>
    },
  ): DeviceSnapshot {
    const memory = this.#disks.get(disk.id) ?? newMemory()
    const flow = (direction: Direction): FlowSnapshot => {
      const delta = about.deltas.get(disk.id)?.[direction] ?? NOTHING
      const group = disk.group === null ? undefined : about.crowding.get(disk.group)
      // Limits further down may hold a disk too; then its quiet times are not known to be quiet.
      const isHeldElsewhere = disk.filters.length > (disk.style === 'filter' ? 1 : 0)
      const crowding = isHeldElsewhere ? 'busy' : (group?.[direction] ?? 'room')
      return {
        iops: perSecond(delta.guestRequests, about.elapsedS),
        bps: perSecond(delta.bytes, about.elapsedS),
        ...memory.total[direction],
        delayed: null,
        queued: null,
        waitP50Ns: null,
        waitP99Ns: null,
        serviceP50Ns: null,
        serviceP99Ns: null,
        waitMeanNs: memory.baseline[direction].meanWaitNs({ ...delta, requests: delta.guestRequests }, crowding),
      }
    }
    const [read, write] = [flow('read'), flow('write')]
    const isBusy = read.iops + write.iops > 0
    return {
      group: disk.group,
      iothread: null,
      status: disk.medium ? (isBusy ? 'running' : 'idle') : 'no-medium',
      reason: disk.medium ? null : 'No medium: QEMU shows its limits again with the next one.',
      read,
      write,
      demandIops: null,
      throttledShare: null,
      waitCounts: [],
      ...(disk.countersKey === null ? { uncounted: true as const } : {}),
    }
  }
}

function newMemory(): Memory {
  return {
    last: null,
    isStale: false,
    total: { read: { requests: 0, bytes: 0 }, write: { requests: 0, bytes: 0 } },
    baseline: { read: new WaitBaseline(), write: new WaitBaseline() },
  }
}

function deltaOf(last: FlowCounters, now: FlowCounters): Delta {
  const since = (key: keyof FlowCounters) => Math.max(0, now[key] - last[key])
  const guestRequests = since('operations')
  return {
    guestRequests,
    // Merged requests reach the throttle as one, and failed ones passed it too.
    requests: Math.max(0, guestRequests - since('merged')) + since('failed'),
    bytes: since('bytes'),
    totalTimeNs: since('totalTimeNs'),
  }
}

/** What went through a group: every disk that is in it, by its own limits or by any filter on its way. */
function intervalOf(
  picture: Picture,
  group: PictureGroup,
  deltas: Deltas,
  times: Omit<Interval, 'read' | 'write'>,
): Interval {
  const members = picture.disks.filter(
    (disk) => disk.group === group.name || disk.filters.some((filter) => filter.group === group.name),
  )
  const sum = (direction: Direction): Passed => {
    const flows = members.map((disk) => deltas.get(disk.id)?.[direction] ?? NOTHING)
    return {
      requests: flows.reduce((total, flow) => total + flow.requests, 0),
      bytes: flows.reduce((total, flow) => total + flow.bytes, 0),
    }
  }
  return { ...times, read: sum('read'), write: sum('write') }
}

function perSecond(count: number, elapsedS: number): number {
  return elapsedS > 0 ? count / elapsedS : 0
}
