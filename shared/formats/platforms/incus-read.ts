import type { Result } from '#shared/issue.ts'
import type { LimitKey, Limits } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, freeMachineName, type Machines, newMachines } from '../machines.ts'
import { noteOverride } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { shellCommands } from '../text/shell-commands.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { whyNoNumber } from '../whole-number.ts'
import { type YamlLine, yamlInstances } from './incus-yaml.ts'

// `incus config device set|add|override` and `lxc config device …`, or the YAML that `incus config show` prints. A disk's
// settings are gathered first: limits.max goes before the other two, whichever comes first.

type Setting = 'limits.read' | 'limits.write' | 'limits.max'
const SETTINGS: readonly Setting[] = ['limits.read', 'limits.write', 'limits.max']

interface Given {
  readonly value: string
  readonly path: string
}

interface IncusDisk {
  readonly draft: Draft
  readonly id: string
  readonly settings: Map<Setting, Given>
  /** A network card has settings of the same names. */
  isDisk: boolean
}

interface Reading {
  readonly machines: Machines
  /** By machine, then by name. */
  readonly disks: Map<Draft, Map<string, IncusDisk>>
}

function diskOf({ disks }: Reading, draft: Draft, id: string): IncusDisk {
  const ofMachine = disks.get(draft) ?? new Map<string, IncusDisk>()
  disks.set(draft, ofMachine)
  const disk = ofMachine.get(id) ?? { draft, id, settings: new Map<Setting, Given>(), isDisk: true }
  ofMachine.set(id, disk)
  return disk
}

export function readIncus(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const reading: Reading = { machines: newMachines(checked.value), disks: new Map() }
  if (/^[ \t]*limits\.(read|write|max):/m.test(checked.value)) readYaml(reading, checked.value)
  else readScript(reading, checked.value)
  for (const disks of reading.disks.values()) for (const disk of disks.values()) finishDisk(disk)
  return finishMachines(reading.machines, options)
}

function readScript(reading: Reading, text: string): void {
  for (const { text: statement, words, line, isUsed } of shellCommands(text)) {
    if (isUsed) continue
    const path = `line ${line}`
    const at = words.findIndex((word, index) => word === 'device' && /^(config|profile)$/.test(words[index - 1] ?? ''))
    const [action, owner, id, ...rest] = words.slice(at + 1).filter((word) => !word.startsWith('--'))
    if (at < 0 || owner === undefined || id === undefined) reportThrottling(reading.machines.common, path, statement)
    else readCommand(reading, { action, owner, id, rest, path })
  }
}

interface Command {
  readonly action: string | undefined
  readonly owner: string
  readonly id: string
  readonly rest: readonly string[]
  readonly path: string
}

function readCommand(reading: Reading, { action, owner, id, rest, path }: Command): void {
  const disk = diskOf(reading, ownerDraft(reading.machines, owner), id)
  if (action === 'unset') {
    for (const name of rest) if (isSetting(name)) disk.settings.delete(name)
    return
  }
  if (action === 'remove') {
    disk.settings.clear()
    return
  }
  // `set VM DISK KEY VALUE` is the older form of `KEY=VALUE`.
  const [first = '', second] = rest
  const pairs = action === 'set' && second !== undefined && !first.includes('=') ? [`${first}=${second}`] : rest
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, equals))
    if (isSetting(name)) put(disk, name, { value: pair.slice(equals + 1), path })
    else if (name.startsWith('limits.')) notUnderstood(disk.draft, path, `Incus has no ${name} of a disk`)
    else reportThrottling(disk.draft, path, pair)
  }
}

function ownerDraft(machines: Machines, owner: string): Draft {
  const draft = draftOf(machines, owner)
  draft.name ??= owner
  return draft
}

/** As much of YAML as `incus config show` and `incus list -f yaml` write: keys by their indent. */
function readYaml({ machines, disks }: Reading, text: string): void {
  const instances = yamlInstances(text)
  for (const { name, lines } of instances) {
    const draft =
      instances.length < 2 ? machines.common : draftOf(machines, freeMachineName(machines, name ?? 'instance'))
    draft.name = name
    readInstance({ machines, disks }, draft, lines)
  }
}

function readInstance(reading: Reading, draft: Draft, lines: readonly YamlLine[]): void {
  const open: YamlLine[] = []
  for (const line of lines) {
    const { path, key, value } = line
    if (key === null) {
      reportThrottling(draft, path, line.text)
      continue
    }
    while ((open.at(-1)?.indent ?? -1) >= line.indent) open.pop()
    const above = open.at(-1)?.key ?? null
    if (isSetting(key) && above !== null) put(diskOf(reading, draft, above), key, { value, path })
    else if (isSetting(key)) notUnderstood(draft, path, `${key} is below no disk`)
    else if (key === 'type' && above !== null) diskOf(reading, draft, above).isDisk = value === 'disk'
    else reportThrottling(draft, path, line.text)
    if (value === '') open.push(line)
  }
}

function isSetting(name: string): name is Setting {
  return SETTINGS.some((each) => each === name)
}

/** Without a value it is taken away. */
function put(disk: IncusDisk, name: Setting, given: Given): void {
  const from = disk.settings.get(name)?.value
  const to = given.value === '' ? null : given.value
  if (from !== undefined) noteOverride(disk.draft, { path: given.path, what: `${disk.id}: ${name}`, from, to })
  if (given.value === '') disk.settings.delete(name)
  else disk.settings.set(name, given)
}

function finishDisk({ draft, id, settings, isDisk }: IncusDisk): void {
  if (!isDisk) {
    for (const [name, { path }] of settings) notUnderstood(draft, path, `${name} of ${id} is not a limit of a disk`)
    return
  }
  const most = settings.get('limits.max')
  const limits: Limits = {
    ...limitOf(draft, 'read', most ?? settings.get('limits.read')),
    ...limitOf(draft, 'write', most ?? settings.get('limits.write')),
  }
  for (const name of ['limits.read', 'limits.write'] as const) {
    const given = settings.get(name)
    if (most && given)
      notUnderstood(draft, given.path, `${name} ${given.value} of ${id} has no effect beside limits.max`)
  }
  const throttled = Object.keys(limits).length > 0
  draft.devices.push({ id, group: throttled ? id : null, ...(throttled ? { qemu: { style: 'legacy' as const } } : {}) })
  if (throttled) draft.groups.set(id, limits)
}

function limitOf(draft: Draft, direction: 'read' | 'write', given: Given | undefined): Limits {
  if (given === undefined) return {}
  const iops = /^(\d{1,30})iops$/.exec(given.value)
  const value = iops?.[1] === undefined ? byteSize(given.value) : Number(iops[1])
  const key: LimitKey = `${iops ? 'iops' : 'bps'}-${direction}`
  if (value !== null) return value === 0 ? {} : { [key]: value }
  const message = `limits.${direction} is ${JSON.stringify(given.value.slice(0, 40))}, ${/[$`]/.test(given.value) ? whyNoNumber(given.value) : 'no number of bytes or iops that Incus takes'}`
  notUnderstood(draft, given.path, message)
  return {}
}

/** `10MB`, `10MiB`, `10485760`, `5 bytes`; as Incus reads sizes. */
function byteSize(text: string): number | null {
  const match = /^(\d{1,30})\s?(?:(B|bytes)|([kMGTPE])(B)|([KMGTPE])(iB))?$/.exec(text)
  if (!match?.[1]) return null
  const letter = (match[3] ?? match[5] ?? '').toUpperCase()
  const power = letter === '' ? 0 : ' KMGTPE'.indexOf(letter)
  return Number(match[1]) * (match[6] === undefined ? 1000 : 1024) ** power
}

export function detectIncus(text: string): number {
  const head = text.slice(0, 65_536)
  if (!/\blimits\.(read|write|max)\s*[=: ]/.test(head)) return 0
  return /\b(incus|lxc)\b/.test(head) || /^\s*type: disk\s*$/m.test(head) ? 0.93 : 0.5
}
