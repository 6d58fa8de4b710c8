import { BUCKETS, type LimitKey, type Limits, lengthKey, maxKey } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { keysByName, VIRSH_KEYS } from '../limit-names.ts'
import { whyNoNumber } from '../whole-number.ts'

// What stands behind a virsh command that sets limits. Rates of bytes may be scaled: `10M` and `10MiB` are 1024², `10MB` is
// 1000². virsh refuses a command as a whole for one word that it does not take.

const KEYS = keysByName(VIRSH_KEYS)
const FLAGS: ReadonlySet<string> = new Set(['--live', '--config', '--current', '--details', '--inactive'])
const POWERS = ['', 'k', 'm', 'g', 't', 'p', 'e']

/** Values without an option in front go to the first option that has none yet, in this order; virsh up to 10 takes them. */
const IN_ORDER: readonly (LimitKey | 'group')[] = [
  ...BUCKETS,
  ...BUCKETS.map(maxKey),
  'iops-size',
  'group',
  ...BUCKETS.map(lengthKey),
]

export interface VirshArguments {
  readonly domain: string | undefined
  /** The disk, or the throttle group of domthrottlegroup commands. */
  readonly name: string | undefined
  readonly limits: Limits
  /** Limits that the command names, those it sets to 0 among them. */
  readonly named: readonly LimitKey[]
  readonly group: string | null
  /** What it says about that itself: it holds now, or from the machine's next start on; null: nothing. */
  readonly when: 'now' | 'next start' | null
  /** Why virsh would not take it. */
  readonly refused: string | null
}

interface Sorted {
  readonly names: string[]
  readonly values: Map<LimitKey | 'group', string>
  readonly unknown: string[]
  /** Options that stand there twice. */
  readonly again: string[]
  readonly flags: Set<string>
}

/** `command` decides whether the group's name is an option or the second word. */
export function readVirshArguments(
  draft: Draft,
  command: string,
  words: readonly string[],
  path: string,
): VirshArguments {
  const sorted = sortWords(command, words)
  const [domain, name, ...rest] = sorted.names
  for (const value of rest) {
    const free = IN_ORDER.find((key) => !sorted.values.has(key) && (key !== 'group' || command === 'blkdeviotune'))
    if (free === undefined) sorted.unknown.push(value)
    else sorted.values.set(free, value)
  }
  if (rest.length > 0 && sorted.unknown.length === 0) {
    const given = [...sorted.values].map(
      ([key, value]) => `${key === 'group' ? '--group-name' : VIRSH_KEYS[key]} ${value}`,
    )
    const message = `values without an option in front are taken as virsh up to 10 took them (${given.join(' ').slice(0, 200)}); newer ones refuse the command`
    draft.losses.push({ path, kind: 'converted', message })
  }
  const limits: Partial<Record<LimitKey, number>> = {}
  const named: LimitKey[] = []
  const wrong = [
    ...sorted.unknown.map((word) => `it has no ${word.slice(0, 40)}`),
    ...sorted.again.map((option) => `option ${option} already seen`),
  ]
  for (const [key, text] of sorted.values) {
    if (key === 'group') continue
    const value = parseScaled(text, key.startsWith('bps') && !key.endsWith('-length'))
    named.push(key)
    if (value !== null) limits[key] = value
    else if (/[$`]/.test(text))
      notUnderstood(draft, `${path} ${VIRSH_KEYS[key]}`, `${JSON.stringify(text.slice(0, 40))} is ${whyNoNumber(text)}`)
    else wrong.push(`${JSON.stringify(text.slice(0, 40))} is not a number that it takes for ${VIRSH_KEYS[key]}`)
  }
  const refused = wrong.length === 0 ? null : wrong.join(', ')
  const group = sorted.values.get('group') ?? null
  return { domain, name, limits, named, group, when: whenOf(sorted.flags), refused }
}

function whenOf(flags: ReadonlySet<string>): VirshArguments['when'] {
  if (flags.has('--live')) return 'now'
  return flags.has('--config') ? 'next start' : null
}

function sortWords(command: string, words: readonly string[]): Sorted {
  const sorted: Sorted = { names: [], values: new Map(), unknown: [], again: [], flags: new Set() }
  const first: { domain: string | null; name: string | null } = { domain: null, name: null }
  const seen = new Set<string>()
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [option, given] = splitAssignment(word)
    if (!option.startsWith('--')) {
      sorted.names.push(word)
      continue
    }
    if (seen.has(option)) sorted.again.push(option)
    seen.add(option)
    if (FLAGS.has(option)) {
      sorted.flags.add(option)
      continue
    }
    const value = given ?? words[at + 1] ?? ''
    if (given === null) at += 1
    const key = KEYS.get(option)
    if (option === '--domain') first.domain = value
    else if (option === '--device' || (option === '--group-name' && command !== 'blkdeviotune')) first.name = value
    else if (option === '--group-name') sorted.values.set('group', value)
    else if (key !== undefined) sorted.values.set(key, value)
    else sorted.unknown.push(option)
  }
  if (first.domain !== null) sorted.names.unshift(first.domain)
  if (first.name !== null) sorted.names.splice(1, 0, first.name)
  return sorted
}

/** `--total-iops-sec=5` is `--total-iops-sec 5`, and virsh takes `--total_iops_sec`, too. */
function splitAssignment(word: string): readonly [string, string | null] {
  if (!word.startsWith('--')) return [word, null]
  const equals = word.indexOf('=')
  const [name, value] = equals < 0 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)]
  return [name.replaceAll('_', '-'), value]
}

function parseScaled(text: string, isScaled: boolean): number | null {
  // As C's strtoull: white space and a plus may stand in front. Units but bytes are written in one or three letters at most.
  const match = /^\s*\+?(\d{1,30})(?:bytes?|b|([kmgtpe])(i?b)?)?$/i.exec(text)
  if (!match?.[1] || (!isScaled && !/^\s*\+?\d+$/.test(text))) return null
  const unit = (match[2] ?? '').toLowerCase()
  const isDecimal = unit !== '' && match[3]?.toLowerCase() === 'b'
  return Number(match[1]) * (isDecimal ? 1000 : 1024) ** POWERS.indexOf(unit)
}
