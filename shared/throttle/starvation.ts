import { type ByteUnits, formatBps, formatDurationNs, formatInteger, NS_PER_S } from '../units.ts'
import { type LimitKey, type Limits, limitOf } from './limits.ts'

// Limits so low that guests break rather than wait: drivers give a request up after 30 s (Windows' storport, Linux' SCSI
// layer) and file systems go read-only. QEMU takes such limits without a word.

/** Below it per disk, guests have been seen to time out. */
export const STARVING_BPS = 2_000_000
const GIVES_UP_S = 30
/** Half of it: the wait is an estimate at full queues. */
const RISKY_WAIT_S = GIVES_UP_S / 2

export interface MemberLoad {
  readonly id: string
  /** Requests it keeps outstanding; null: not known. */
  readonly outstanding: number | null
  /** Share of reads, 0…1. */
  readonly readShare: number
}

export interface Starvation {
  /** The limit it is about. */
  readonly key: LimitKey
  /** A sentence for people. */
  readonly message: string
}

/** What in `limits` may starve a guest when all `members` want all they can get. */
export function findStarvation(
  limits: Limits,
  members: readonly MemberLoad[],
  bytes: ByteUnits = 'binary',
): readonly Starvation[] {
  const sharers = Math.max(1, members.length)
  const each = sharers === 1 ? 'the disk' : `each of ${sharers} disks`
  const found: Starvation[] = []
  for (const key of ['bps-total', 'bps-read', 'bps-write'] as const) {
    const avg = limitOf(limits, key)
    if (avg === 0 || avg / sharers >= STARVING_BPS) continue
    found.push({
      key,
      message: `This leaves ${each} ${formatBps(avg / sharers, bytes)}. Below about ${formatBps(STARVING_BPS, 'decimal')} guests have been seen to time out.`,
    })
  }
  for (const key of ['iops-total', 'iops-read', 'iops-write'] as const) {
    const avg = limitOf(limits, key)
    const waitS = avg === 0 ? 0 : outstandingIn(members, key) / avg
    if (waitS < RISKY_WAIT_S) continue
    found.push({
      key,
      message: `With ${formatInteger(outstandingIn(members, key))} requests outstanding each waits ${formatDurationNs(waitS * NS_PER_S)}; guests give a request up after ${GIVES_UP_S} s.`,
    })
  }
  return found
}

function outstandingIn(members: readonly MemberLoad[], key: 'iops-total' | 'iops-read' | 'iops-write'): number {
  const share = (member: MemberLoad) =>
    key === 'iops-total' ? 1 : key === 'iops-read' ? member.readShare : 1 - member.readShare
  return members.reduce((sum, member) => sum + (member.outstanding ?? 0) * share(member), 0)
}
