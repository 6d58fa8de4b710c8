import type { Result } from '#shared/issue.ts'
import { hasAnyLimit, type LimitKey, type Limits } from '#shared/throttle/limits.ts'
import { type Draft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { keysByName, VIRSH_KEYS } from '../limit-names.ts'
import { draftOf, finishMachines, type Machines, newMachines, noteOverride } from '../machines.ts'
import { checkText } from '../text/guard.ts'
import { splitShellWords } from '../text/shell-words.ts'

// virsh commands, as people keep them in scripts. Rates of bytes may be scaled: `10M` and `10MiB` are 1024², `10MB` 1000².

const KEYS = keysByName(VIRSH_KEYS)
const FLAGS: ReadonlySet<string> = new Set(['--live', '--config', '--current'])
const POWERS = ['', 'k', 'm', 'g', 't', 'p', 'e']

interface Words {
  readonly positional: readonly string[]
  readonly limits: Limits
  /** Limits that the command names, those it sets to 0 among them. */
  readonly named: readonly LimitKey[]
  readonly group: string | null
}

export function readVirsh(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const machines = newMachines(checked.value)
  let begun = ''
  let first = 0
  for (const [index, line] of checked.value.split(/\r?\n/).entries()) {
    if (begun === '') first = index + 1
    // A backslash at the end joins the next line to this one.
    if (line.endsWith('\\')) begun += `${line.slice(0, -1)} `
    else {
      readLine(machines, begun + line, `line ${first}`)
      begun = ''
    }
  }
  return finishMachines(machines, options)
}

function readLine(machines: Machines, line: string, path: string): void {
  const { words } = splitShellWords(line)
  const at = words.findIndex((word) => word === 'blkdeviotune' || word === 'domthrottlegroupset')
  if (at >= 0) {
    const command = words[at] ?? ''
    // The domain is known only when the words are read, and with it whose the losses are.
    const aside = newDraft()
    const read = readWords(aside, words.slice(at + 1), path)
    const [domain] = read.positional
    const draft = domain === undefined ? machines.common : draftOf(machines, domain)
    draft.losses.push(...aside.losses)
    readCommand(draft, command, read, path)
  } else if (words.length > 0) {
    notUnderstood(machines.common, path, `${JSON.stringify(line.trim().slice(0, 80))} sets no limits`)
  }
}

function readWords(draft: Draft, words: readonly string[], path: string): Words {
  const positional: string[] = []
  const limits: Partial<Record<LimitKey, number>> = {}
  const named: LimitKey[] = []
  let group: string | null = null
  for (let at = 0; at < words.length; at += 1) {
    const [name = '', given] = splitAssignment(words[at] ?? '')
    const key = KEYS.get(name)
    if (!name.startsWith('--')) positional.push(words[at] ?? '')
    else if (FLAGS.has(name)) continue
    else {
      const value = given ?? words[at + 1] ?? ''
      if (given === null) at += 1
      if (name === '--group-name' || name === '--group') group = value
      else if (name === '--domain' || name === '--device') positional.push(value)
      else if (key === undefined) notUnderstood(draft, path, `virsh has no ${name} that is a limit`)
      else {
        named.push(key)
        setLimit(draft, limits, { key, value, path: `${path} ${name}` })
      }
    }
  }
  return { positional, limits, named, group }
}

/** `--total-iops-sec=5` is `--total-iops-sec 5`, and virsh takes `--total_iops_sec`, too. */
function splitAssignment(word: string): readonly [string, string | null] {
  if (!word.startsWith('--')) return [word, null]
  const equals = word.indexOf('=')
  const [name, value] = equals < 0 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)]
  return [name.replaceAll('_', '-'), value]
}

function setLimit(
  draft: Draft,
  limits: Partial<Record<LimitKey, number>>,
  found: { readonly key: LimitKey; readonly value: string; readonly path: string },
): void {
  const value = parseScaled(found.value, found.key.startsWith('bps'))
  if (value === null)
    notUnderstood(draft, found.path, `${JSON.stringify(found.value.slice(0, 40))} is no number that virsh takes here`)
  else if (value !== 0) limits[found.key] = value
}

function parseScaled(text: string, isScaled: boolean): number | null {
  const match = /^(\d+)([kmgtpe]?)(i?b)?$/i.exec(text)
  if (!match?.[1] || (!isScaled && text !== match[1])) return null
  const unit = (match[2] ?? '').toLowerCase()
  const isDecimal = unit !== '' && match[3]?.toLowerCase() === 'b'
  return Number(match[1]) * (isDecimal ? 1000 : 1024) ** POWERS.indexOf(unit)
}

function readCommand(draft: Draft, command: string, words: Words, path: string): void {
  const { positional, limits, group } = words
  const [domain, name, ...values] = positional
  if (domain !== undefined) draft.name = domain
  if (values.length > 0) {
    const given = values.join(' ').slice(0, 80)
    notUnderstood(
      draft,
      path,
      `${JSON.stringify(given)} has no option in front, and which limit it is depends on the version of virsh; name it, such as --total-bytes-sec`,
    )
  }
  if (command === 'domthrottlegroupset') {
    const throttleGroup = group ?? name
    if (throttleGroup === undefined) notUnderstood(draft, path, 'domthrottlegroupset names no group')
    else draft.groups.set(throttleGroup, limits)
    return
  }
  if (name === undefined) notUnderstood(draft, path, 'blkdeviotune names no disk')
  else tuneDisk(draft, name, words, path)
}

function tuneDisk(draft: Draft, name: string, { limits, named, group }: Words, path: string): void {
  const index = draft.devices.findIndex((each) => each.id === name)
  const before = draft.devices[index]?.group ?? null
  const held = before === null ? {} : (draft.groups.get(before) ?? {})
  for (const key of named) {
    const from = held[key]
    if (from !== undefined)
      noteOverride(draft, { path, what: `${name}: ${VIRSH_KEYS[key]}`, from, to: limits[key] ?? 0 })
  }
  const merged = mergedLimits(held, limits, named)
  const throttled = hasAnyLimit(merged)
  const own = group === null || group === '' ? (before ?? name) : group
  const device = {
    id: name,
    group: throttled ? own : null,
    ...(throttled ? { qemu: { style: 'legacy' as const } } : {}),
  }
  if (index < 0) draft.devices.push(device)
  else draft.devices[index] = device
  if (throttled) draft.groups.set(own, merged)
}

/**
 * What holds after a command, as libvirt 9.0 and 12.9 do it: average and burst rates and burst lengths, of bytes and of
 * requests, are six categories, and the size is one more. A category of which the command names nothing stays; of one
 * that it names, what it does not name is reset.
 */
function mergedLimits(before: Limits, given: Limits, named: readonly LimitKey[]): Limits {
  const reset = new Set(named.map(categoryOf))
  const kept = Object.entries(before).filter(([key]) => !reset.has(categoryOf(key)))
  return { ...Object.fromEntries(kept), ...given }
}

/** `iops-read-max` → `iops-max`. */
function categoryOf(key: string): string {
  return key.replace(/-(total|read|write)/, '')
}

export function detectVirsh(text: string): number {
  return /(^|\s)(blkdeviotune|domthrottlegroupset)\s/.test(text.slice(0, 8192)) ? 0.9 : 0
}
