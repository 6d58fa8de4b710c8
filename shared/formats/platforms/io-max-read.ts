import type { Result } from '#shared/issue.ts'
import type { Bucket, LimitKey } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, newMachines } from '../machines.ts'
import { noteOverride, putOwnLimits } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { looksLikeThrottling } from '../unread-throttling.ts'
import { wholeNumber, whyNoNumber } from '../whole-number.ts'
import { type CgroupLine, readCgroupText } from './cgroup-lines.ts'

// Limits of cgroups: version 2 has them in io.max, all four of a disk in a line; version 1 in a file each, a number a line.

/** Limit → its name in io.max. */
export const IO_MAX_KEYS: ReadonlyMap<LimitKey, string> = new Map<Bucket, string>([
  ['bps-read', 'rbps'],
  ['bps-write', 'wbps'],
  ['iops-read', 'riops'],
  ['iops-write', 'wiops'],
])

const BY_NAME = new Map([...IO_MAX_KEYS].map(([key, name]) => [name, key]))

const V1_FILES: ReadonlyMap<string, LimitKey> = new Map<string, LimitKey>([
  ['blkio.throttle.read_bps_device', 'bps-read'],
  ['blkio.throttle.write_bps_device', 'bps-write'],
  ['blkio.throttle.read_iops_device', 'iops-read'],
  ['blkio.throttle.write_iops_device', 'iops-write'],
])

/** The content of io.max or of the files of version 1, or a script that writes them. A comment above a line names its disk. */
export function readIoMax(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const machines = newMachines(checked.value)
  const { lines, strays, comments } = readCgroupText(checked.value)
  for (const { path, text: stray } of strays)
    notUnderstood(machines.common, path, `${JSON.stringify(stray.slice(0, 80))} does not begin with MAJ:MIN`)
  for (const line of lines) {
    const draft = line.folder === null ? machines.common : draftOf(machines, line.folder)
    const above = comments.get(Number(line.path.slice('line '.length)) - 1)
    readCgroupLine(draft, line, line.file === null && above !== undefined ? nameOfComment(above.trim()) : '')
  }
  return finishMachines(machines, options)
}

function nameOfComment(comment: string): string {
  if (!comment.startsWith('"')) return comment
  try {
    return String(JSON.parse(comment))
  } catch {
    // A comment of somebody else's that happens to begin with a quote.
    return comment
  }
}

function readCgroupLine(draft: Draft, { file, content, path }: CgroupLine, name: string): void {
  const [number = '', ...parts] = content.trim().split(/\s+/)
  const v1 = V1_FILES.get(file ?? '')
  if (v1 === undefined && file !== null && file !== 'io.max') {
    if (/^(io|blkio)\./.test(file) || looksLikeThrottling(content))
      notUnderstood(
        draft,
        path,
        `${file} holds no limits that Weir knows; they are in io.max and blkio.throttle.*_device`,
      )
    return
  }
  if (!/^(\d+:\d+|MAJ:MIN)$/.test(number)) {
    const why = /[$`]/.test(number) ? `is ${whyNoNumber(number)}` : 'does not begin with MAJ:MIN'
    notUnderstood(draft, path, `${JSON.stringify(content.slice(0, 80))} ${why}`)
    return
  }
  const id = name === '' ? number : name
  const set = v1 === undefined ? ioMaxLimits(draft, parts, path) : v1Limits(draft, v1, parts, path)
  putLimits(draft, id, set, path)
}

type Change = Partial<Record<LimitKey, number | null>>

/** null: `max`, no limit. */
function ioMaxLimits(draft: Draft, parts: readonly string[], path: string): Change {
  const set: Change = {}
  for (const part of parts) {
    const [name = '', value = ''] = part.split('=')
    const key = BY_NAME.get(name)
    const before = key === undefined ? undefined : set[key]
    if (before !== undefined) noteOverride(draft, { path, what: name, from: before ?? 'max', to: value })
    if (key === undefined) notUnderstood(draft, path, `${JSON.stringify(part.slice(0, 80))} is not a limit of io.max`)
    else if (value === 'max') set[key] = null
    else {
      const found = wholeNumber(draft, { text: value, path, name })
      if (found !== null) set[key] = found
    }
  }
  return set
}

/** 0 takes the limit away. */
function v1Limits(draft: Draft, key: LimitKey, parts: readonly string[], path: string): Change {
  const [value = '', ...more] = parts
  if (more.length > 0) notUnderstood(draft, path, `${JSON.stringify(more.join(' ').slice(0, 80))} follows the number`)
  const found = wholeNumber(draft, { text: value, path, name: 'the limit' })
  return found === null ? {} : { [key]: found === 0 ? null : found }
}

/** What a line does not name stays. */
function putLimits(draft: Draft, id: string, set: Change, path: string): void {
  const merged: Partial<Record<LimitKey, number>> = { ...draft.groups.get(id) }
  for (const [key, value] of Object.entries(set) as [LimitKey, number | null][]) {
    if (value === null) delete merged[key]
    else merged[key] = value
  }
  putOwnLimits(draft, id, merged, path)
}

export function detectIoMax(text: string): number {
  const head = text.slice(0, 8192)
  if (/(^|[\s"':])(\d+:\d+|MAJ:MIN)(\s+[rw](bps|iops)=(\d+|max))+/m.test(head)) return 0.9
  return /\bio\.max\b/.test(head) && /\b[rw](bps|iops)=/.test(head) ? 0.8 : 0
}
