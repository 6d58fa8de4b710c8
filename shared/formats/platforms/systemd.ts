import type { Result } from '#shared/issue.ts'
import type { LimitKey, Limits } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { Format, Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, type Machines, newMachines } from '../machines.ts'
import { putOwnLimits, replaceOwnLimits } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { joinedLines } from '../text/joined-lines.ts'
import { type ShellCommand, shellCommands } from '../text/shell-commands.ts'
import { newShellVariables, usedVariables } from '../text/shell-variables.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { whyNoNumber } from '../whole-number.ts'

// systemd's limits of a unit: in its file, as `systemctl cat` and `show` print them, or by `systemctl set-property` and
// `systemd-run`. The unit's cgroup gets them in io.max, or in version 1's files; K, M, G and T are powers of 1000.

const KEYS: ReadonlyMap<string, LimitKey> = new Map<string, LimitKey>([
  ['IOReadBandwidthMax', 'bps-read'],
  ['IOWriteBandwidthMax', 'bps-write'],
  ['IOReadIOPSMax', 'iops-read'],
  ['IOWriteIOPSMax', 'iops-write'],
  ['BlockIOReadBandwidth', 'bps-read'],
  ['BlockIOWriteBandwidth', 'bps-write'],
])

/** Settings of the same controller that are shares or aims, not limits. */
const NO_LIMITS = /^(Startup)?(BlockIO|IO)(Device)?Weight$|^IODeviceLatencyTargetSec$/

function readSystemd(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const machines = newMachines(checked.value)
  const variables = newShellVariables()
  const used = usedVariables(checked.value)
  let unit: string | null = null
  for (const { text: raw, line } of joinedLines(checked.value)) {
    const statement = raw.trim()
    const path = `line ${line}`
    const heading = /^#\s+\/\S*\/([\w@.:\\-]+\.(?:service|slice|scope)\b)/.exec(statement)
    if (heading?.[1] !== undefined) unit = heading[1]
    if (statement === '' || /^[#;]/.test(statement)) continue
    const commands = shellCommands(statement, variables, used)
    if (/\b(systemctl|systemd-run)\b/.test(statement)) readCommands(machines, commands, path)
    else if (commands.every(({ isUsed }) => isUsed)) continue
    else readSetting(unit === null ? machines.common : unitDraft(machines, unit), statement, path)
  }
  return finishMachines(machines, options)
}

function unitDraft(machines: Machines, unit: string): Draft {
  const draft = draftOf(machines, unit)
  draft.name ??= unit
  return draft
}

function readCommands(machines: Machines, commands: readonly ShellCommand[], path: string): void {
  for (const { text, words } of commands) {
    const set = words.indexOf('set-property')
    const run = words.findIndex((word) => /(^|\/)systemd-run$/.test(word))
    if (set >= 0) {
      const [unit, ...settings] = words.slice(set + 1).filter((word) => !word.startsWith('-'))
      const draft = unit === undefined ? machines.common : unitDraft(machines, unit)
      for (const setting of settings) readSetting(draft, setting, path)
    } else if (run >= 0) readRun(machines, words.slice(run + 1), path)
    else reportThrottling(machines.common, path, text)
  }
}

/** `systemd-run --unit=NAME -p SETTING --property=SETTING COMMAND`. */
function readRun(machines: Machines, words: readonly string[], path: string): void {
  const option = words.flatMap(
    (word, at) => /^--unit=(.+)$/.exec(word)?.[1] ?? (word === '--unit' ? [words[at + 1]] : []),
  )
  const [unit] = option
  const draft = unit === undefined ? machines.common : unitDraft(machines, unit)
  for (const [at, word] of words.entries()) {
    const given = /^(?:--property=|-p)(.+)$/.exec(word)?.[1]
    const setting = given ?? (word === '-p' || word === '--property' ? words[at + 1] : undefined)
    if (setting !== undefined) readSetting(draft, setting, path)
  }
}

function readSetting(draft: Draft, text: string, path: string): void {
  const match = /^(\w+)\s*=\s*(.*)$/s.exec(text)
  const key = KEYS.get(match?.[1] ?? '')
  const name = match?.[1] ?? ''
  const value = (match?.[2] ?? '').trim().replace(/^"(.*)"$/, '$1')
  if (key !== undefined && value === '') clearLimit(draft, key)
  else if (key !== undefined) readLimit(draft, { key, name, value, path })
  else if (NO_LIMITS.test(name)) notUnderstood(draft, path, `${name} is a share or a target, not a limit`)
  else reportThrottling(draft, path, text)
}

interface Setting {
  readonly key: LimitKey
  readonly name: string
  readonly value: string
  readonly path: string
}

function readLimit(draft: Draft, { key, name, value, path }: Setting): void {
  const [, id = '', amount = ''] = /^(\S+)\s+(\S+)$/.exec(value) ?? []
  const rate = amount === 'infinity' ? 0 : systemdNumber(amount)
  if (id === '') {
    notUnderstood(draft, path, `${name} is ${JSON.stringify(value.slice(0, 80))}, not a device and a number`)
    return
  }
  if (rate === null) {
    notUnderstood(draft, path, `${name} of ${id} is ${JSON.stringify(amount.slice(0, 40))}, ${whyNoNumber(amount)}`)
    return
  }
  const limits = { ...draft.groups.get(id), [key]: rate }
  putDisk(draft, id, limits, path)
}

function putDisk(draft: Draft, id: string, limits: Limits, path: string): void {
  const set = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== 0))
  putOwnLimits(draft, id, set, path)
}

/** A setting without a value takes what stood before it away, of all devices: that is what it is for, and no loss. */
function clearLimit(draft: Draft, key: LimitKey): void {
  for (const [id, limits] of [...draft.groups]) {
    const { [key]: _, ...rest } = limits
    replaceOwnLimits(draft, id, rest)
  }
}

function systemdNumber(text: string): number | null {
  const match = /^(\d{1,30}(?:\.\d{1,9})?)([KMGTPE]?)B?$/.exec(text)
  if (!match?.[1]) return null
  return Math.trunc(Number(match[1]) * 1000 ** ' KMGTPE'.indexOf(match[2] || ' '))
}

export const systemd: Format = {
  id: 'systemd',
  title: 'systemd unit',
  family: 'Others',
  direction: 'in',
  fileExtension: '.slice',
  note: 'IOReadBandwidthMax= and the like: limits on the host, below QEMU',
  options: [],
  read: readSystemd,
  detect: (text) =>
    /\b(IO(Read|Write)(Bandwidth|IOPS)Max|BlockIO(Read|Write)Bandwidth)=/.test(text.slice(0, 65_536)) ? 0.93 : 0,
}
