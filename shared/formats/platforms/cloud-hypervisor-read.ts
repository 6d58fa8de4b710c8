import type { Result } from '#shared/issue.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, freeMachineName, newMachines } from '../machines.ts'
import { noteOverride, noteReplaced } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { shellCommands } from '../text/shell-commands.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { wholeNumber } from '../whole-number.ts'
import { readTokenBucket } from './token-bucket-read.ts'

// The disks and rate limit groups of Cloud Hypervisor command lines: options that take several values behind one name.

export function readCloudHypervisor(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'arguments')
  if (!checked.ok) return checked
  const machines = newMachines(checked.value)
  const statements = checked.value.includes('\0')
    ? [{ words: checked.value.split('\0'), line: 1, text: '' }]
    : shellCommands(checked.value).filter(({ isUsed }) => !isUsed)
  const lines = statements.filter(({ words }) => words.some((word) => /^--(disk|rate-limit-group)\b/.test(word)))
  for (const statement of statements)
    if (!lines.includes(statement)) reportThrottling(machines.common, `line ${statement.line}`, statement.text)
  for (const { words, line } of lines) {
    const socket = valuesOf(words, 'api-socket')[0]?.replace(/^path=/, '')
    const name = freeMachineName(machines, socket ?? 'Cloud Hypervisor')
    readCommandLine(lines.length === 1 ? machines.common : draftOf(machines, name), words, `line ${line}`)
  }
  return finishMachines(machines, options)
}

/** What stands behind `--NAME`, up to the next option. */
function valuesOf(words: readonly string[], name: string): readonly string[] {
  let open = false
  return words.flatMap((word) => {
    if (!word.startsWith('--')) return open ? [word] : []
    open = word === `--${name}`
    return word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : []
  })
}

const BUCKET_KEY = /^(bw|ops)_(size|one_time_burst|refill_time)$/

function readCommandLine(draft: Draft, words: readonly string[], path: string): void {
  for (const value of valuesOf(words, 'rate-limit-group')) {
    const settings = settingsOf(draft, value, path)
    const id = settings.get('id') ?? ''
    if (id === '') notUnderstood(draft, path, '--rate-limit-group has no id, so that no disk can be in it')
    else setGroup(draft, id, limitersOf(draft, settings, `${path} rate-limit-group ${id}`), path)
  }
  for (const [index, value] of valuesOf(words, 'disk').entries())
    readDisk(draft, settingsOf(draft, value, path), index, path)
  for (const value of valuesOf(words, 'net'))
    if ([...settingsOf(draft, value, path).keys()].some((key) => BUCKET_KEY.test(key)))
      notUnderstood(draft, path, '--net has limits of a network card, which do not throttle disks')
}

function setGroup(draft: Draft, id: string, limits: Limits, path: string): void {
  noteReplaced(draft, { path, name: id, from: draft.groups.get(id) ?? {}, to: limits })
  draft.groups.set(id, limits)
}

function readDisk(draft: Draft, settings: ReadonlyMap<string, string>, index: number, line: string): void {
  // As Cloud Hypervisor names disks that have no id.
  const id = settings.get('id') ?? `_disk${index}`
  const path = `${line} disk ${id}`
  const group = settings.get('rate_limit_group') ?? ''
  const own = limitersOf(draft, settings, path)
  const hasOwn = Object.keys(own).length > 0
  if (group !== '' && hasOwn)
    notUnderstood(
      draft,
      path,
      `it has limits of its own beside rate_limit_group=${group}; those of the group are taken`,
    )
  if (group !== '' && !draft.groups.has(group)) {
    draft.groups.set(group, {})
    notUnderstood(draft, path, `there is no --rate-limit-group with id=${group}; taken as unlimited`)
  }
  if (group === '' && hasOwn) draft.groups.set(id, own)
  draft.devices.push({ id, group: group !== '' ? group : hasOwn ? id : null })
}

function limitersOf(draft: Draft, settings: ReadonlyMap<string, string>, path: string): Limits {
  const known = new Set(['path', 'id', 'rate_limit_group'])
  for (const [key, value] of settings) {
    if (BUCKET_KEY.test(key) || known.has(key)) continue
    if (/^(bw|ops|rate)[-_]/.test(key)) notUnderstood(draft, path, `Cloud Hypervisor has no ${key}`)
    else reportThrottling(draft, path, `${key}=${value}`)
  }
  const number = (name: string) => {
    const text = settings.get(name)
    return text === undefined ? null : wholeNumber(draft, { text, path, name })
  }
  const bucket = (name: 'bw' | 'ops') => ({
    size: number(`${name}_size`),
    refillMs: number(`${name}_refill_time`),
    oneTimeBurst: number(`${name}_one_time_burst`),
    name,
  })
  return {
    ...readTokenBucket(draft, bucket('bw'), 'bandwidth', path),
    ...readTokenBucket(draft, bucket('ops'), 'ops', path),
  }
}

/** `path="a,b",id=c`: commas inside double quotes and brackets part nothing, and `""` is a quote. */
function settingsOf(draft: Draft, value: string, path: string): ReadonlyMap<string, string> {
  const parts = value.match(/(?:"(?:[^"]|"")*"|\[[^\]]*\]|[^,])+/g) ?? []
  const settings = new Map<string, string>()
  for (const part of parts) {
    const equals = part.indexOf('=')
    const given = equals < 0 ? '' : part.slice(equals + 1)
    const [what, to] = [
      equals < 0 ? part : part.slice(0, equals),
      /^"(.*)"$/s.exec(given)?.[1]?.replaceAll('""', '"') ?? given,
    ]
    const from = settings.get(what)
    if (from !== undefined) noteOverride(draft, { path, what, from, to })
    settings.set(what, to)
  }
  return settings
}

export function detectCloudHypervisor(text: string): number {
  const head = text.slice(0, 16_384)
  if (/\b(bw|ops)_(size|refill_time)=\d|--rate-limit-group\b/.test(head)) return 0.92
  return /(^|[\s/])cloud-hypervisor\s/.test(head) && /--disk\b/.test(head) ? 0.9 : 0
}
