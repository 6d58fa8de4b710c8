import { LEGACY_KEYS } from '#shared/qemu/qmp-commands.ts'
import { hasAnyLimit, isLengthKey, isLimitKey, LIMIT_KEYS, type LimitKey } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { noteOverride, noteReplaced } from '../set-limits.ts'
import { isObject } from '../text/json-stream.ts'
import { isVariable } from '../text/shell-variables.ts'
import { looksLikeThrottling } from '../unread-throttling.ts'
import { addBackend, addNode, findBackend, type QemuModel, setLegacyLimits } from './qemu-model.ts'
import { nestOptions, type OptionPair, parseOptionNumber } from './qemu-options.ts'
import { type Board, takePlace } from './qemu-places.ts'

// -drive and what stands for it (-hda, -cdrom, HMP's drive_add): limits as `throttling.iops-total=…` or by the old short
// names. Of a short name given twice QEMU takes the first, of any other option the last.

export interface DriveText {
  readonly pairs: readonly OptionPair[]
  /** For losses: `-drive`. */
  readonly path: string
  readonly board: Board
}

/** There are none for the lengths of bursts. */
const BY_SHORT_NAME: ReadonlyMap<string, LimitKey> = new Map(
  LIMIT_KEYS.filter((key) => !isLengthKey(key)).map((key) => [LEGACY_KEYS[key], key]),
)
const GROUP_NAMES: ReadonlySet<string> = new Set(['throttling.group', 'group'])

/** Options that look like limits and are none, so that passing over them would lose one. */
const LIKE_A_LIMIT = /^(throttling\.|x-)?(m?bps|iops)([_-]|$)|throttl/

interface DriveLimits {
  readonly limits: Partial<Record<LimitKey, number>>
  readonly group: string | null
  readonly rest: ReadonlyMap<string, string>
}

export function readDrive(draft: Draft, model: QemuModel, text: DriveText): void {
  const { limits, group, rest } = limitsOfPairs(draft, text)
  const drive = driveName(draft, model, { options: rest, isFree: Object.keys(limits).length === 0 }, text)
  if (drive === null) return
  const node = nodeOf(model, rest)
  addBackend(model, { drive, node })
  const before = hasAnyLimit(limits) ? setLegacyLimits(model, { device: drive }, limits, group) : null
  if (before !== null) {
    noteReplaced(draft, { path: `${text.path} ${drive}`, name: before.group, from: before.limits, to: limits })
  } else if (group !== null)
    draft.notes.push(`${drive} names the group ${group} without any limit; QEMU does not put it into the group then.`)
  const breach = hasAnyLimit(limits) ? null : firstBreach(limits)
  if (breach !== null) {
    const given = Object.entries(limits).map(([key, value]) => `${key}=${draft.huge.get(value) ?? value}`)
    notUnderstood(
      draft,
      `${text.path} ${drive}`,
      `${given.join(', ')}: ${breach.text}; QEMU refuses to start with this`,
    )
  }
}

function limitsOfPairs(draft: Draft, { pairs, path }: DriveText): DriveLimits {
  const limits: Partial<Record<LimitKey, number>> = {}
  let group: string | null = null
  const rest = new Map<string, string>()
  const bySpelling = new Map<string, { readonly name: string; readonly value: string }>()
  for (const [name, value] of pairs) {
    const isShort = BY_SHORT_NAME.has(name) || name === 'group'
    const other = bySpelling.get(canonical(name))
    if (isShort && other?.name === name) {
      const message = `${name} is set twice: ${value} is left out; QEMU uses the first when a short name is repeated`
      if (other.value !== value) draft.losses.push({ path, kind: 'dropped', message })
      continue
    }
    const key = throttlingKey(name)
    const isGroup = GROUP_NAMES.has(name)
    if ((key !== null || isGroup) && other !== undefined && other.name !== name) {
      const message = `'${other.name}' and '${name}' are one option; QEMU does not start with both`
      notUnderstood(draft, `${path} ${name}`, message)
    }
    if (key !== null || isGroup) bySpelling.set(canonical(name), { name, value })
    if (isGroup) group = value
    else if (key !== null) {
      const number = parseOptionNumber(value)
      if (number === null) notUnderstood(draft, `${path} ${name}`, noNumber(value))
      else {
        const from = other?.name === name ? (limits[key] ?? number) : number
        noteOverride(draft, { path, what: name, from, to: number })
        limits[key] = number
      }
    } else if (
      (LIKE_A_LIMIT.test(name) || looksLikeThrottling(name)) &&
      name !== 'throttle-group' &&
      !/(^|\.)throttle-group$/.test(name)
    ) {
      notUnderstood(draft, `${path} ${name}`, `QEMU has no such limit; ${JSON.stringify(value)} is left out`)
    } else rest.set(name, value)
  }
  return { limits, group, rest }
}

/** One name for both spellings of an option. */
function canonical(name: string): string {
  return GROUP_NAMES.has(name) ? 'group' : (throttlingKey(name) ?? name)
}

function noNumber(value: string): string {
  if (isVariable(value)) return `${JSON.stringify(value)} is a shell variable; its value is not in this text`
  const why = /\d[A-Za-z]/.test(value) ? '; QEMU takes no suffixes here' : ' that QEMU takes'
  return `${JSON.stringify(value)} is not a number${why}`
}

function throttlingKey(name: string): LimitKey | null {
  const long = name.startsWith('throttling.') ? name.slice('throttling.'.length) : ''
  return isLimitKey(long) ? long : (BY_SHORT_NAME.get(name) ?? null)
}

interface DriveFound {
  readonly options: ReadonlyMap<string, string>
  readonly isFree: boolean
}

/** Its id, or the name that QEMU makes for it; either way it takes its place. null: firmware without limits. */
function driveName(
  draft: Draft,
  model: QemuModel,
  { options, isFree }: DriveFound,
  { path, board }: DriveText,
): string | null {
  const id = options.get('id')
  const kind = options.get('if') ?? board.usual
  const number = (name: string) => parseOptionNumber(options.get(name) ?? '')
  const place = takePlace(board, model.places, {
    kind: kind ?? 'disk',
    isCd: options.get('media') === 'cdrom',
    index: number('index'),
    bus: number('bus'),
    unit: number('unit'),
  })
  const file = options.get('file')
  const option = path.split(' ').at(-1) ?? path
  const what = id ?? (file === undefined ? `this ${option}` : `this ${option} (${file})`)
  if (place.problem !== null && kind !== null)
    notUnderstood(draft, path, `${what}: ${place.problem}; QEMU refuses to start with this`)
  if (id !== undefined) {
    if (findBackend(model, 'drive', id) !== null)
      notUnderstood(draft, path, `Duplicate ID '${id}' for drive; QEMU refuses to start with this`)
    return id
  }
  if (kind === 'pflash' && isFree) return null
  const calls =
    kind === null
      ? `has no id, and what the machine’s usual interface makes of it is not known here; it is called ${place.name}`
      : `has no id; QEMU calls it ${place.name}`
  draft.losses.push({ path, kind: 'converted', message: `${what} ${calls}`, to: place.name })
  return place.name
}

/** Its block nodes, where they matter: a filter among them, or a name by which others know one. */
function nodeOf(model: QemuModel, options: ReadonlyMap<string, string>): string | null {
  const inFile = jsonFile(options.get('file'))
  const isThrottle = [...options].some(([name, value]) => value === 'throttle' && /(^|\.)(driver|format)$/.test(name))
  if (!isThrottle && !options.has('node-name') && inFile === null) return null
  const tree = nestOptions(options)
  const driver = options.get('driver') ?? options.get('format')
  return addNode(model, { ...tree, ...(driver === undefined ? {} : { driver }), ...inFile })
}

/** `json:{…}` instead of a file name says the whole node. */
function jsonFile(file: string | undefined): Readonly<Record<string, unknown>> | null {
  if (!file?.startsWith('json:')) return null
  try {
    const value: unknown = JSON.parse(file.slice('json:'.length))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
