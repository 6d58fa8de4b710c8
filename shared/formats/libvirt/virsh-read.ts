import type { Result } from '#shared/issue.ts'
import { canonicalLimits } from '#shared/throttle/limits.ts'
import { type Draft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, type Machines, newMachines } from '../machines.ts'
import { checkText } from '../text/guard.ts'
import { joinedLines } from '../text/joined-lines.ts'
import { withoutRedirections } from '../text/shell-commands.ts'
import { splitShellWords } from '../text/shell-quoting.ts'
import { type Statement, shellStatements } from '../text/shell-statements.ts'
import {
  expandedWords,
  isVariable,
  newShellVariables,
  noteAssignments,
  type ShellVariables,
} from '../text/shell-variables.ts'
import { looksLikeThrottling } from '../unread-throttling.ts'
import { readVirshArguments, type VirshArguments } from './virsh-arguments.ts'
import { attachDisk } from './virsh-attach.ts'
import { forgetLimits, setThrottleGroup, tuneDisk } from './virsh-disks.ts'
import { finishOutput, type Output, outputLine, startOutput } from './virsh-output.ts'

// virsh commands, as people keep them in scripts, and what virsh prints, alone or below the command in a terminal's text.

const COMMANDS: ReadonlySet<string> = new Set([
  'blkdeviotune',
  'domthrottlegroupset',
  'domthrottlegroupdel',
  'domthrottlegroupinfo',
  'domthrottlegrouplist',
  'domblklist',
  'attach-disk',
])

/** Of a script's commands. */
const SETS_NOTHING =
  /^((then|else|do)(\s+|$))?(|done|fi|esac|true|(if|elif|for|while|until|select|case|exit|set|sleep|export|unset|read|local|test|\[)\s.*|\[?\w+=.*)$/

/** Commands beside them that only tell or wait, and that look like no throttling. */
const HARMLESS =
  /^(?:(?:then|else|do)\s+)?(?:echo|printf|tee|grep|wait|continue|break|return|cd|logger|date|(?:sudo\s+)?virsh\s+(?:list|domstate|dominfo|start|shutdown|reboot))\b/

const PROMPT =
  /^(?:virsh # |\[[\w.@:~/ -]+\][$>%#] |[\w.-]+@[\w.-]+[: ][\w.~/ -]*[$>%] |[\w.@:~/-]*[$>%] |[\w.-]+@[\w.-]+:\S*# )/

interface Reading {
  readonly machines: Machines
  output: Output | null
  /** What the script assigns. */
  readonly variables: ShellVariables
  /** When the commands so far for a disk or a group of a domain hold. */
  readonly when: Map<string, 'now' | 'next start'>
}

export function readVirsh(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const reading: Reading = {
    machines: newMachines(checked.value),
    output: null,
    variables: newShellVariables(),
    when: new Map(),
  }
  for (const { text: line, line: number } of joinedLines(checked.value)) readLine(reading, line, `line ${number}`)
  finishOutput(reading.output)
  return finishMachines(reading.machines, options)
}

function readLine(reading: Reading, line: string, path: string): void {
  const { machines } = reading
  reading.output ??= startOutput(machines.common, line)
  if (reading.output !== null && outputLine(reading.output, line, path)) return
  // A prompt of virsh's own, of a shell, or of root's: its `#` stands before what only asks.
  const command = line.trimStart().replace(PROMPT, '')
  if (/^\s*#/.test(command)) {
    readRemark(reading, command, path)
    return
  }
  for (const statement of shellStatements(command)) readStatement(reading, statement, path)
}

/** `# virsh blkdeviotune web01 vda` begins a piece of root's terminal; with limits it may as well be a remark. */
function readRemark(reading: Reading, line: string, path: string): void {
  const { words } = splitShellWords(line.replace(/^[\s#]+/, ''))
  const at = words.findIndex((word) => COMMANDS.has(word))
  if (at < 0 || !/^[\s#]+virsh\s/.test(line)) return
  const draft = newDraft()
  const read = readVirshArguments(draft, words[at] ?? '', words.slice(at + 1), path)
  if (read.named.length > 0)
    notUnderstood(reading.machines.common, path, 'a command behind # is not run; remove the # if it should count')
  else readStatement(reading, { text: words.join(' '), line: 1, isConditional: false }, path)
}

function readStatement(reading: Reading, statement: Statement, path: string): void {
  const { machines } = reading
  const { text } = statement
  const { words } = expandedWords(withoutRedirections(text), reading.variables)
  const isAssignment = noteAssignments(words, reading.variables, statement)
  const at = words.findIndex((word) => COMMANDS.has(word))
  const whole = words.find((word) => /^\s*((\S*\/)?(virsh|sudo)\s.*)?(blkdeviotune|domthrottlegroupset)\s/.test(word))
  finishOutput(reading.output)
  reading.output = null
  if (at < 0 && whole !== undefined) for (const each of shellStatements(whole)) readStatement(reading, each, path)
  else if (words.includes('qemu-monitor-command'))
    notUnderstood(
      machines.common,
      path,
      'a command for QEMU’s own monitor; import what is in its quotes alone, as HMP or QMP',
    )
  else if (at < 0) {
    if (!isAssignment && !SETS_NOTHING.test(text) && (!HARMLESS.test(text) || looksLikeThrottling(text)))
      notUnderstood(machines.common, path, `${JSON.stringify(text.slice(0, 80))} sets no limits`)
  } else readCommand(reading, words[at] ?? '', words.slice(at + 1), path)
}

function readCommand(reading: Reading, command: string, words: readonly string[], path: string): void {
  const { machines } = reading
  // The domain is known only when the words are read, and with it whose the losses are.
  const aside = newDraft()
  if (command === 'attach-disk') {
    attachDisk(machines, words, path)
    return
  }
  const read = readVirshArguments(aside, command, words, path)
  const { domain, name } = read
  const draft = domain === undefined ? machines.common : draftOf(machines, domain)
  if (domain !== undefined) draft.name = domain
  draft.losses.push(...aside.losses)
  if (isVariable(domain ?? ''))
    notUnderstood(
      draft,
      path,
      `the machine ${JSON.stringify(domain)} is a shell variable; what it stands for is not in this text`,
    )
  if (read.refused !== null) {
    notUnderstood(draft, path, `this command has no effect, since virsh refuses it: ${read.refused}`)
    return
  }
  reading.output = startOutput(draft, null, { command, name: name ?? null })
  if (command === 'domblklist' || command === 'domthrottlegrouplist') return
  if (name === undefined) {
    notUnderstood(draft, path, `${command} names no ${command === 'blkdeviotune' ? 'disk' : 'group'}`)
    return
  }
  if (/[$`]/.test(name))
    notUnderstood(draft, path, `${JSON.stringify(name)} is a shell variable; what it stands for is not in this text`)
  if (!holdsBeside(reading, draft, { ...read, name, command }, path)) return
  if (command === 'domthrottlegroupdel') deleteThrottleGroup(draft, name, path)
  else setLimits(draft, { ...read, name, command }, path)
}

type LimitsCommand = VirshArguments & { readonly name: string; readonly command: string }

function setLimits(draft: Draft, read: LimitsCommand, path: string): void {
  if (read.command === 'domthrottlegroupset') setThrottleGroup(draft, read.name, read, path)
  else if (read.command === 'blkdeviotune' && (read.named.length > 0 || read.group !== null))
    tuneDisk(draft, read.name, read, path)
}

/** Limits for the next start give way to those that hold now, whichever come first. */
function holdsBeside({ when }: Reading, draft: Draft, read: LimitsCommand, path: string): boolean {
  const key = JSON.stringify([read.domain, read.command, read.name])
  const known = when.get(key)
  if (read.named.length === 0 || read.when === null) return true
  if (read.when === 'next start' && known === 'now') {
    if (!changesNothing(draft, read, heldOf(draft, read))) {
      const message = `these limits of ${read.name} apply from the next start; the ones in force now are kept`
      notUnderstood(draft, path, message)
    }
    return false
  }
  if (read.when === 'now' && known === 'next start' && !changesNothing(draft, read, newDraft())) {
    const message = `the limits of ${read.name} above apply from the next start; these are in force now and are kept`
    notUnderstood(draft, path, message)
    if (read.command === 'blkdeviotune') forgetLimits(draft, read.name)
    else draft.groups.set(read.name, {})
  }
  when.set(key, read.when)
  return true
}

/** Whether `read`, run on `held`, leads to what `draft` has: often the same limits are set for now and for the next start. */
function changesNothing(draft: Draft, read: LimitsCommand, held: Draft): boolean {
  setLimits(held, read, '')
  const isRefused = held.losses.some(({ kind }) => kind === 'not-understood')
  return !isRefused && stateOf(held, read) === stateOf(draft, read)
}

/** The disk or group of a command, by itself. */
function heldOf(draft: Draft, { name, group }: LimitsCommand): Draft {
  const held = newDraft()
  const device = draft.devices.find(({ id }) => id === name)
  if (device !== undefined) held.devices.push(device)
  for (const each of [name, group, device?.group]) {
    const limits = draft.groups.get(each ?? '')
    if (each != null && limits !== undefined) held.groups.set(each, limits)
  }
  return held
}

function stateOf(draft: Draft, { name, command }: LimitsCommand): string {
  const device = draft.devices.find(({ id }) => id === name)
  const group = command === 'domthrottlegroupset' ? name : (device?.group ?? null)
  return JSON.stringify([device?.group, canonicalLimits(draft.groups.get(group ?? '') ?? {})])
}

function deleteThrottleGroup(draft: Draft, name: string, path: string): void {
  const user = draft.devices.find(({ group, inner = [] }) => [group, ...inner].includes(name))
  if (user === undefined) draft.groups.delete(name)
  else notUnderstood(draft, path, `libvirt deletes no group in use: ${name} is passed by ${user.id}`)
}

export function detectVirsh(text: string): number {
  const head = text.slice(0, 8192)
  if (/\bvirsh\b.*\s(blkdeviotune|domthrottlegroupset)\s/.test(head)) return 0.93
  if (/(^|[\s"'])(blkdeviotune|domthrottlegroup(set|del|info|list)|domblklist)\s/.test(head)) return 0.9
  if (/^\s*(Type\s+Device\s+)?Target\s+Source\s*$/m.test(head)) return 0.9
  if (/\bvirsh\b.*\sqemu-monitor-command\s/.test(head)) return 0.5
  return /^group_name\s*: /m.test(head) || /^(total|read|write)_(bytes|iops)_sec_max_length: \d/m.test(head) ? 0.85 : 0
}
