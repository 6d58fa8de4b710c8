import type { Result } from '#shared/issue.ts'
import { LIMIT_KEYS, type LimitKey } from '#shared/throttle/limits.ts'
import { finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { noteOverride } from '../machines.ts'
import { checkText } from '../text/guard.ts'

interface Target {
  readonly keyOf: (key: LimitKey) => string
  readonly says: (key: LimitKey) => boolean
}

/** `key = value` lines below `[group]` headings; each group gets no disk, for the keys name none. */
export function readOpenstackKeys(text: string, options: ReadOptions, targets: readonly Target[]): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const keys = new Map(
    targets.flatMap((target) => LIMIT_KEYS.filter(target.says).map((key) => [target.keyOf(key), key] as const)),
  )
  const draft = newDraft(checked.value)
  let group = 'qos'
  for (const [index, line] of checked.value.split(/\r?\n/).entries()) {
    const path = `line ${index + 1}`
    const heading = /^\s*\[(.+)\]\s*$/.exec(line)
    const pair = /^\s*([\w:]+)\s*[=:]\s*["']?(\d+)["']?\s*$/.exec(line)
    // As a playbook names each of its specifications.
    const named = /^\s*(?:- +)?name: *["']?([^"'#]+)/.exec(line)?.[1]?.trim() ?? ''
    const key = pair?.[1] === undefined ? undefined : keys.get(pair[1])
    if (heading?.[1] !== undefined) {
      group = heading[1].replace(/\\([\\\]])/g, '$1')
      if (!draft.groups.has(group)) draft.groups.set(group, {})
    } else if (named !== '') {
      group = named
    } else if (key !== undefined) {
      const [before, to] = [draft.groups.get(group), Number(pair?.[2])]
      const from = before?.[key]
      if (from !== undefined) noteOverride(draft, { path, what: `${group}: ${pair?.[1]}`, from, to })
      draft.groups.set(group, { ...before, [key]: to })
    } else if (line.trim() !== '' && !/^\s*[#;]/.test(line)) {
      notUnderstood(draft, path, `${JSON.stringify(line.trim().slice(0, 80))} is no limit of Cinder or Nova`)
    }
  }
  return finishDraft(draft, options)
}
