import type { Result } from '#shared/issue.ts'
import type { Bucket, LimitKey } from '#shared/throttle/limits.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { checkText } from '../text/guard.ts'

/** Limit → its name in io.max. */
export const IO_MAX_KEYS: ReadonlyMap<LimitKey, string> = new Map<Bucket, string>([
  ['bps-read', 'rbps'],
  ['bps-write', 'wbps'],
  ['iops-read', 'riops'],
  ['iops-write', 'wiops'],
])

const BY_NAME = new Map([...IO_MAX_KEYS].map(([key, name]) => [name, key]))

/** The content of a cgroup's io.max. A comment line above a line names its disk, as Weir writes it. */
export function readIoMax(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const draft = newDraft(checked.value)
  let comment: string | null = null
  for (const [index, line] of checked.value.split(/\r?\n/).entries()) {
    const remark = /^\s*#\s*(.*?)\s*$/.exec(line)
    if (remark) {
      comment = nameOfComment(remark[1] ?? '')
      continue
    }
    if (line.trim() !== '') readLine(draft, line.trim(), { path: `line ${index + 1}`, comment })
    comment = null
  }
  return finishDraft(draft, options)
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

function readLine(draft: Draft, line: string, at: { readonly path: string; readonly comment: string | null }): void {
  const [number = '', ...parts] = line.split(/\s+/)
  if (!/^(\d+:\d+|MAJ:MIN)$/.test(number)) {
    notUnderstood(draft, at.path, `${JSON.stringify(line.slice(0, 80))} does not begin with MAJ:MIN`)
    return
  }
  const limits: Partial<Record<LimitKey, number>> = {}
  for (const part of parts) {
    const [name = '', value = ''] = part.split('=')
    const key = BY_NAME.get(name)
    if (key === undefined || !/^(\d+|max)$/.test(value))
      notUnderstood(draft, at.path, `${JSON.stringify(part.slice(0, 80))} is no limit of io.max`)
    else if (value !== 'max') limits[key] = Number(value)
  }
  const id = at.comment === null || at.comment === '' ? number : at.comment
  const throttled = Object.keys(limits).length > 0
  draft.devices.push({ id, group: throttled ? id : null })
  if (throttled) draft.groups.set(id, limits)
}

export function detectIoMax(text: string): number {
  return /^(\d+:\d+|MAJ:MIN)(\s+[rw](bps|iops)=(\d+|max))+\s*$/m.test(text.slice(0, 8192)) ? 0.9 : 0
}
