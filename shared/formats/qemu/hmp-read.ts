import type { Result } from '#shared/issue.ts'
import { BUCKETS } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { listNames } from '../losses.ts'
import { noteReplaced } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { type JsonObject, parseJsonStream, textMember } from '../text/json-stream.ts'
import { splitShellWords } from '../text/shell-quoting.ts'
import { parseHmpNumbers } from './hmp-expression.ts'
import { readInfoBlock } from './hmp-info-block.ts'
import { type HmpEntry, hmpEntries } from './hmp-transcript.ts'
import { readDrive } from './qemu-drive.ts'
import {
  addNode,
  attach,
  attachUnnamed,
  findBackend,
  newQemuModel,
  type QemuModel,
  qdevOfDriver,
  removeBackends,
  setLegacyLimits,
} from './qemu-model.ts'
import { draftOfModel } from './qemu-model-draft.ts'
import { numbersOfText, readGroupObject, setGroupObject } from './qemu-object.ts'
import { parseOptionPairs, parseOptionTree } from './qemu-options.ts'
import { boardOf } from './qemu-places.ts'
import { refusalOfCommand } from './qmp-refusal.ts'

// The human monitor: commands, alone or as a session shows them with what QEMU printed, and `info block`.

/** A command that changes nothing since QEMU does not take it. */
export function reportRefusal(draft: Draft, path: string, command: string, reason: string): void {
  draft.losses.push({ path, kind: 'dropped', message: `QEMU refuses this ${command} and changes nothing: ${reason}` })
}

interface HmpLine {
  readonly draft: Draft
  readonly model: QemuModel
  readonly path: string
  /** Behind the command's name. */
  readonly rest: string
  readonly words: readonly string[]
}

const COMMANDS: Readonly<Record<string, (line: HmpLine) => void>> = {
  block_set_io_throttle: readThrottle,
  drive_add: readDriveAdd,
  drive_del: ({ model, words }) => removeBackends(model, (each) => each.drive === words[0]),
  object_add: readObjectAdd,
  object_del: readObjectDel,
  'qom-set': readQomSet,
  device_add: readDeviceAdd,
  device_del: ({ model, words }) => removeBackends(model, (each) => each.qdev === words[0] && each.drive === null),
}

/** One line of the human monitor; whether it concerns limits. */
export function readHmpLine(draft: Draft, model: QemuModel, line: string, path: string): boolean {
  const [, name = '', rest = ''] = /^\s*(?:\(qemu\)\s*)?(\S+)\s*(.*?)\s*$/s.exec(line) ?? []
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  command?.({ draft, model, path, rest, words: splitShellWords(rest).words })
  return command !== undefined
}

function readThrottle({ draft, model, path, rest }: HmpLine): void {
  const [, name = '', text = ''] = /^("(?:\\.|[^"\\])*"|\S+)\s*(.*)$/s.exec(rest) ?? []
  const [device] = splitShellWords(name).words
  const { values, problem } = parseHmpNumbers(text, BUCKETS.length)
  if (device === undefined || problem !== null) {
    const wanted = 'block_set_io_throttle takes a disk and six whole numbers: bps bps_rd bps_wr iops iops_rd iops_wr'
    notUnderstood(draft, path, device === undefined ? wanted : `${wanted} (${problem})`)
    return
  }
  const limits = Object.fromEntries(BUCKETS.map((bucket, index) => [bucket, Number(values[index] ?? 0n)]))
  const breach = firstBreach(limits)
  if (breach !== null) {
    reportRefusal(draft, path, 'block_set_io_throttle', breach.text)
    return
  }
  // HMP takes either kind of name; a path can only be a device's.
  const isQdev = device.includes('/') || findBackend(model, 'qdev', device) !== null
  const before = setLegacyLimits(model, isQdev ? { id: device } : { device }, limits, null)
  if (before !== null) noteReplaced(draft, { path, name: before.group, from: before.limits, to: limits })
}

/** `drive_add SLOT if=none,…`, and `drive_add -n SLOT …`, which makes a node and no drive. */
function readDriveAdd({ draft, model, path, words }: HmpLine): void {
  const options = words.find((word) => word.includes('='))
  if (options === undefined) return
  if (words[0] === '-n') {
    const tree = parseOptionTree(options, '')
    if (tree !== null) addNode(model, tree)
    return
  }
  const pairs = parseOptionPairs(options, '')
  const kind = pairs.findLast(([name]) => name === 'if')?.[1]
  if (kind !== undefined && kind !== 'none') {
    reportRefusal(draft, path, 'drive_add', `it cannot add a drive of if=${kind} to a running machine`)
    return
  }
  readDrive(draft, model, { pairs, path, board: boardOf('', 'none') })
}

function readObjectAdd({ draft, model, path, rest }: HmpLine): void {
  const tree = parseOptionTree(rest, 'qom-type')
  if (tree === null) {
    notUnderstood(draft, path, `${JSON.stringify(rest.slice(0, 80))} is not JSON, although it begins like it`)
    return
  }
  const isDotted = !rest.startsWith('{')
  const reason = refusalOfCommand(model, 'object-add', isDotted ? numbersOfText(tree) : tree)
  if (reason !== null) reportRefusal(draft, path, 'object_add', reason)
  else readGroupObject(draft, model, tree, { path, isDotted, isDaemon: true })
}

function readObjectDel({ draft, model, path, words }: HmpLine): void {
  const id = words[0] ?? ''
  const reason = refusalOfCommand(model, 'object-del', { id })
  if (reason === null) model.objects.delete(id)
  else reportRefusal(draft, path, 'object_del', reason)
}

/** `qom-set -j /objects/g limits {"iops-total":5}`. */
function readQomSet({ draft, model, path, rest }: HmpLine): void {
  const [, isJson, where = '', property = '', text = ''] = /^(-j\s+)?(\S+)\s+(\S+)\s+(.*)$/s.exec(rest) ?? []
  if (property !== 'limits' && !property.startsWith('x-')) return
  if (isJson === undefined && property === 'limits') {
    reportRefusal(draft, path, 'qom-set', 'limits need -j before the path; without it QEMU 7.2 and 11.1 crash')
    return
  }
  const stream = parseJsonStream(text)
  const part = stream.ok ? stream.value.parts[0] : undefined
  const args: JsonObject = { path: where, property, value: part?.value ?? text }
  const reason = part?.doubled ?? refusalOfCommand(model, 'qom-set', args)
  if (reason !== null) reportRefusal(draft, path, 'qom-set', reason)
  else setGroupObject(draft, model, args, path)
}

function readDeviceAdd({ model, rest }: HmpLine): void {
  const tree = parseOptionTree(rest, 'driver')
  const drive = textMember(tree, 'drive')
  const id = textMember(tree, 'id')
  if (drive === null) return
  if (id === null) attachUnnamed(model, drive)
  else attach(model, qdevOfDriver(textMember(tree, 'driver'), id), drive)
}

export function readHmp(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const draft = newDraft(checked.value)
  const model = newQemuModel()
  const others = new Set<string>()
  const entries = hmpEntries(checked.value)
  if (entries.some(({ isTyped }) => isTyped)) draft.isHistory = true
  for (const entry of entries) readEntry(draft, model, entry, others)
  if (others.size > 0) draft.notes.push(`${listNames([...others])} say nothing about limits and were skipped.`)
  draftOfModel(draft, model, 'only-attached')
  return finishDraft(draft, options)
}

const LIKE_LIMITS = /throttl|iops|bps/i

/** What QEMU prints when it does not take a command. */
const REFUSAL = /^(Error: |invalid |unexpected |unknown command|Try "help|Can't |Device '|.* expected$)/

function readEntry(draft: Draft, model: QemuModel, entry: HmpEntry, others: Set<string>): void {
  const { command, line, output } = entry
  const path = `line ${line}`
  if (/^info\s+block(\s|$)/.test(command)) {
    if (!/\s-\w*n/.test(command)) readInfoBlock(draft, model, output)
    return
  }
  const answer = output.find(({ text }) => REFUSAL.test(text))
  if (answer !== undefined) {
    const said = answer.text.replace(/^Error: /, '')
    draft.notes.push(`Line ${line}: QEMU refused ${command.split(/\s/)[0]} (${said}); it changed nothing.`)
    return
  }
  if (!readHmpLine(draft, model, command, path)) {
    if (entry.isTyped && !LIKE_LIMITS.test(command)) others.add(command.split(/\s/, 2).join(' '))
    else sayLeftOut(draft, path, command)
  }
  for (const { text, line: at } of output) {
    if (LIKE_LIMITS.test(text)) sayLeftOut(draft, `line ${at}`, text)
  }
}

function sayLeftOut(draft: Draft, path: string, text: string): void {
  notUnderstood(draft, path, `${JSON.stringify(text.slice(0, 80))} says nothing about limits that Weir reads`)
}

export function detectHmp(text: string): number {
  const head = text.slice(0, 8192)
  if (/^[ \t]*(\(qemu\)\s*)?block_set_io_throttle\s+\S+\s+[\d(~'].*\d[\s)]*$/m.test(head) && !/=/.test(head)) return 0.9
  if (/^ {4}(I\/O throttling|Cache mode|Removable device): /m.test(head)) return 0.9
  if (/^\(qemu\)/m.test(head)) return 0.8
  return /^[ \t]*(object_add\s+["{]?"?throttle-group|qom-set\s+-j\s|drive_add\s)/m.test(head) ? 0.8 : 0
}
