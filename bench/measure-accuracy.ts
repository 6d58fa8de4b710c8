import { measured, nullDevice, type Place, withLab } from './lab-run.ts'
import { median } from './numbers.ts'
import { type Peers, qemuCopySeconds } from './peers.ts'

// 5. How exactly a group keeps its rate once its allowance is used up: four members on two iothreads, null disks.
// 4. The same with two members whose disk takes 20 ms.
//
// Requests are whole, so at 10 IOPS a window may hold one more or less than its length says. Windows are a multiple of
// four requests long, so that each member can have an equal share, and the count is compared with the nearest whole one.

const FAST_IOPS = 10_000

export interface AccuracyRow {
  readonly iops: number
  /** Relative, without sign. */
  readonly error: number
  readonly fairness: number
  /** ns by which a fired timer was late. */
  readonly lateP99Ns: number
  readonly qemuError: number | null
}

export interface AccuracyOptions {
  readonly rounds: number
  readonly seconds: number
  readonly rates: readonly number[]
}

export async function measureAccuracy(
  place: Place,
  peers: Peers,
  { rounds, seconds, rates }: AccuracyOptions,
): Promise<readonly AccuracyRow[]> {
  const rows: AccuracyRow[] = []
  for (const iops of rates) {
    const runs: Omit<AccuracyRow, 'iops' | 'qemuError'>[] = []
    // At the edges of a window a request or two more or less are chance: a few thousand requests make them small.
    const forSeconds = iops >= FAST_IOPS ? Math.max(seconds, 0.7) : seconds
    for (let round = 0; round < rounds; round += 1) runs.push(await oneRate(place, iops, forSeconds))
    rows.push({
      iops,
      error: median(runs.map((run) => run.error)),
      fairness: median(runs.map((run) => run.fairness)),
      lateP99Ns: median(runs.map((run) => run.lateP99Ns)),
      qemuError: peers.qemuImg === null ? null : qemuError(iops, seconds),
    })
  }
  return rows
}

async function oneRate(
  place: Place,
  iops: number,
  forSeconds: number,
): Promise<Omit<AccuracyRow, 'iops' | 'qemuError'>> {
  const devices = [0, 1, 2, 3].map((index) =>
    nullDevice(`d${index}`, 'g', { readPercent: 100 }, { iothread: index % 2 }),
  )
  const workspace = { iothreads: 2, groups: { g: { 'iops-total': iops } }, devices }
  const rounds = Math.max(1, Math.round((forSeconds * iops) / 4))
  return withLab(place, workspace, async (lab) => {
    const { total, seconds, fairness } = await measured(lab, warmSeconds(iops), (rounds * 4) / iops)
    const expected = Math.round(seconds * iops)
    return {
      error: Math.abs(total / expected - 1),
      fairness,
      lateP99Ns: Math.max(...lab.timerLateness().map(({ p99 }) => p99)),
    }
  })
}

/**
 * Past the allowance, and halfway between two requests where those are far apart. Fast members need longer: as long as the
 * code of one iothread is compiled and that of the other is not, their turns are not alike.
 */
function warmSeconds(iops: number): number {
  const seconds = iops >= FAST_IOPS ? 0.7 : 0.2
  return Math.ceil(seconds * iops) / iops + 0.5 / iops
}

/** One member, since `convert` has one source; the allowance of a tenth of a second is taken off. */
function qemuError(iops: number, seconds: number): number {
  const requests = Math.round(iops * seconds)
  const start = qemuCopySeconds({ requests: 1, depth: 1, iopsTotal: iops })
  const took = qemuCopySeconds({ requests, depth: 4, iopsTotal: iops }) - start
  // Requests go when the level before them is at most the size: the last of n leaves at (n − 1 − size) / avg.
  const expected = (requests - 1 - iops / 10) / iops
  return Math.abs(took / expected - 1)
}

export interface SlowMemberRow {
  readonly name: string
  readonly error: number
  /** Rate of the fast members over what is left to them by the slow ones. */
  readonly fastShare: number
}

export interface SlowMemberOptions {
  readonly rounds: number
  readonly seconds: number
  /** Only what the ratios need. */
  readonly isBrief?: boolean
}

export async function measureSlowMember(
  place: Place,
  { rounds, seconds, isBrief = false }: SlowMemberOptions,
): Promise<readonly SlowMemberRow[]> {
  const apart = await slowMember(place, rounds, seconds, {
    name: 'slow disks on their own iothread',
    seats: [0, 0, 1, 1],
  })
  if (isBrief) return [apart]
  return [
    apart,
    await slowMember(place, rounds, seconds, { name: 'a slow and a fast disk on each iothread', seats: [0, 1, 0, 1] }),
  ]
}

async function slowMember(
  place: Place,
  rounds: number,
  forSeconds: number,
  { name, seats }: { readonly name: string; readonly seats: readonly number[] },
): Promise<SlowMemberRow> {
  const iops = 1000
  const slow = { disk: { kind: 'null', service: { kind: 'fixed', us: 20_000 } } }
  const devices = seats.map((iothread, index) =>
    nullDevice(
      index < 2 ? `fast${index}` : `slow${index}`,
      'g',
      { iodepth: 16 },
      { iothread, ...(index < 2 ? {} : slow) },
    ),
  )
  const runs: { error: number; fastShare: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const workspace = { iothreads: 2, groups: { g: { 'iops-total': iops } }, devices }
    const window = await withLab(place, workspace, (lab) => measured(lab, 0.5, forSeconds))
    const fast = window.requests.fast0! + window.requests.fast1!
    const left = window.seconds * iops - (window.total - fast)
    runs.push({ error: Math.abs(window.total / (window.seconds * iops) - 1), fastShare: fast / left })
  }
  return { name, error: median(runs.map((run) => run.error)), fastShare: median(runs.map((run) => run.fastShare)) }
}
