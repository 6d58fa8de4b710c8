import type { VmLook } from '#shared/host-look.ts'
import type { Bucket } from '#shared/throttle/limits.ts'
import { limitWords } from '#shared/throttle/words.ts'
import type { HeldSince } from '../store/host-held.ts'

// Since when a VM is at its limits, in words.

export type SinceOf = (vm: string, group: string, bucket: Bucket) => HeldSince | null

/** ` since 14:02`, ` since 14:02 or before`; '': not known. */
export function sinceWords(since: HeldSince | null, nowMs: number): string {
  if (since === null) return ''
  return ` since ${clockWords(since.sinceMs, nowMs)}${since.orBefore ? ' or before' : ''}`
}

/** `gold: at its IOPS limit since 14:02`, a line for each limit that holds requests back. */
export function heldLines({ id, groups }: VmLook, sinceOf: SinceOf, nowMs: number): readonly string[] {
  return groups.flatMap(({ name, buckets }) =>
    buckets.flatMap(({ bucket, atLimit }) =>
      atLimit === true
        ? [`${name}: at its ${limitWords(bucket)} limit${sinceWords(sinceOf(id, name, bucket), nowMs)}`]
        : [],
    ),
  )
}

/** `14:02`; of another day `2026-11-28 14:02`. */
function clockWords(ms: number, nowMs: number): string {
  const [at, now] = [new Date(ms), new Date(nowMs)]
  const two = (value: number) => String(value).padStart(2, '0')
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`
  if (at.toDateString() === now.toDateString()) return time
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`
}
