import { failed, type Result } from '#shared/issue.ts'
import { keyIssues } from '#shared/json-text.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, freeMachineName, newMachines } from '../machines.ts'
import { checkText, nestingIssue } from '../text/guard.ts'
import { textMember } from '../text/json-stream.ts'
import { isVariable } from '../text/shell-variables.ts'
import { looksLikeThrottling, reportThrottling } from '../unread-throttling.ts'
import { commandLinesOf, indexOfProgram, machineNameOf, takesNextWord } from './qemu-command-lines.ts'
import { readDrive } from './qemu-drive.ts'
import { addNode, attach, attachUnnamed, newQemuModel, type QemuModel, qdevOfDriver } from './qemu-model.ts'
import { draftOfModel } from './qemu-model-draft.ts'
import { readGroupObject } from './qemu-object.ts'
import { type OptionPair, parseOptionPairs, parseOptionString, parseOptionTree } from './qemu-options.ts'
import { type Board, boardOf } from './qemu-places.ts'
import { reportStrayThrottling } from './qemu-strays.ts'
import { looksLikePs, wordsOfCommandLine } from './split-command-line.ts'

// A whole command line of qemu-system-* or qemu-storage-daemon. Options that are not about disks are passed over. QEMU
// makes objects first, then drives and nodes, then devices, wherever they stand; the machine decides where drives go.

interface Option {
  readonly name: string
  readonly value: string
}

/** Options of the old kind, and what they stand for. -hda and the like are places of the machine's usual interface. */
const OLD_DRIVES: ReadonlyMap<string, readonly OptionPair[]> = new Map([
  ['hda', [['index', '0']]],
  ['hdb', [['index', '1']]],
  ['hdc', [['index', '2']]],
  ['hdd', [['index', '3']]],
  [
    'cdrom',
    [
      ['index', '2'],
      ['media', 'cdrom'],
    ],
  ],
  [
    'fda',
    [
      ['if', 'floppy'],
      ['index', '0'],
    ],
  ],
  [
    'fdb',
    [
      ['if', 'floppy'],
      ['index', '1'],
    ],
  ],
  ['sd', [['if', 'sd']]],
  ['mtdblock', [['if', 'mtd']]],
  ['pflash', [['if', 'pflash']]],
])

/** `isDaemon`: what names no program is meant for the storage daemon. */
export function readQemuArgs(text: string, options: ReadOptions, isDaemon: boolean): Result<Imported> {
  const checked = checkText(text, 'arguments')
  if (!checked.ok) return checked
  const deep = nestingIssue(checked.value)
  if (deep) return failed([deep])
  const split = wordsOfCommandLine(checked.value)
  if (!split.ok) return split
  const machines = newMachines(checked.value)
  if (looksLikePs(checked.value)) {
    machines.common.notes.push(
      'This is as ps shows it, without quotes: a name with a space is cut. /proc/PID/cmdline says it whole.',
    )
  }
  for (const command of split.value.others) {
    const message = `${JSON.stringify(command.slice(0, 80))} does not start QEMU; its disks and groups are left out`
    notUnderstood(machines.common, '', message)
  }
  const lines = commandLinesOf(split.value.words)
  for (const line of lines) {
    const name = lines.length === 1 ? null : freeMachineName(machines, machineNameOf(line) ?? 'QEMU')
    readQemuWords(name === null ? machines.common : draftOf(machines, name), line, '', isDaemon)
  }
  return finishMachines(machines, options)
}

/**
 * Disks and groups of a command line, or of what another format adds to one (libvirt's `<qemu:arg>`, Proxmox' `args:`),
 * into `draft`. `place` says in losses where they stand, `args: -drive`.
 */
export function readQemuWords(draft: Draft, words: readonly string[], place = '', isForDaemon = false): void {
  const model = newQemuModel()
  const start = indexOfProgram(words)
  const program = words[start] ?? ''
  const options = optionsOf(words.slice(start + 1))
  const machine = options.findLast(({ name }) => name === 'machine' || name === 'M')?.value ?? ''
  const board = boardOf(program, parseOptionString(machine, 'type').get('type') ?? '')
  const isDaemon = program === '' ? isForDaemon : program.includes('qemu-storage-daemon')
  const read: Reading = { draft, model, board, place, isDaemon }
  for (const option of options) if (option.name === 'object') readObject(read, option.value)
  readDrives(read, options)
  for (const option of options) if (option.name === 'device') readDevice(read, option.value)
  for (const option of options) readOther(read, option)
  draftOfModel(draft, model, isDaemon || model.backends.length === 0 ? 'loose-nodes-are-disks' : 'only-attached')
}

interface Reading {
  readonly draft: Draft
  readonly model: QemuModel
  readonly board: Board
  readonly place: string
  readonly isDaemon: boolean
}

/** A script goes on behind a command line, with words that are none of its own. */
const IMAGE = /\.(img|qcow2?|raw|iso|vmdk|vdi|vhdx?|qed)$|:\/\/|^json:|^\/dev\/(?!null$|tty|std|fd)/i

/** `-option value`, `--option=value` of the daemon, and images that stand alone, which are -hda. */
function optionsOf(words: readonly string[]): readonly Option[] {
  const options: Option[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [, name, ownValue] = /^--?([A-Za-z][A-Za-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      if (isVariable(word)) options.push({ name: 'variable', value: word })
      else if (IMAGE.test(word)) options.push({ name: 'hda', value: word })
      else if (looksLikeThrottling(word)) options.push({ name: 'stray', value: word })
    } else if (ownValue !== undefined) {
      options.push({ name, value: ownValue })
    } else if (takesNextWord(word)) {
      at += 1
      const value = words[at]
      if (value !== undefined) options.push({ name, value })
    }
  }
  return options
}

function readDrives(read: Reading, options: readonly Option[]): void {
  const { draft, model, board, place, isDaemon } = read
  const settings = settingsOfDrives(read, options)
  for (const { name, value } of options) {
    const old = OLD_DRIVES.get(name)
    const path = `${place}-${name}`
    if (name === 'blockdev') readTree(read, value, 'driver', path, (tree) => addNode(model, tree))
    else if (old !== undefined && !isDaemon) {
      readDrive(draft, model, { pairs: [...old, ['file', value]], path, board })
    } else if (name === 'drive') {
      const pairs = parseOptionPairs(value, '')
      const id = pairs.findLast(([key]) => key === 'id')?.[1]
      checkVariables(read, path, pairs)
      readDrive(draft, model, { pairs: [...pairs, ...(settings.get(id ?? '') ?? [])], path, board })
    }
  }
}

/** A limit that is a variable is said with the limit; of the rest only what names things matters. */
function checkVariables({ draft }: Reading, path: string, pairs: readonly OptionPair[]): void {
  for (const [key, value] of pairs) {
    if (!isVariable(key) && !(isVariable(value) && /^(id|(throttling\.)?group|throttle-group|node-name)$/.test(key)))
      continue
    const what = isVariable(key) ? key : value
    notUnderstood(draft, `${path} ${key}`, `${JSON.stringify(what)} is a shell variable; its value is not in this text`)
  }
}

/** `-set drive.ID.KEY=VALUE` adds to that drive's options. */
function settingsOfDrives({ draft, place }: Reading, options: readonly Option[]): ReadonlyMap<string, OptionPair[]> {
  const settings = new Map<string, OptionPair[]>()
  for (const { name, value } of options) {
    if (name !== 'set') continue
    const [, group, id, key, text] = /^([^.]+)\.([^=]+?)\.((?:throttling\.)?[^.=]+)=(.*)$/s.exec(value) ?? []
    if (group === 'drive' && id !== undefined && key !== undefined && text !== undefined) {
      settings.set(id, [...(settings.get(id) ?? []), [key, text]])
    } else if (/throttl|iops|bps|\.drive=/.test(value)) {
      notUnderstood(draft, `${place}-set`, `${JSON.stringify(value)} is not about a -drive of this text`)
    }
  }
  const ids = new Set(
    options.flatMap(({ name, value }) => (name === 'drive' ? (parseOptionString(value, '').get('id') ?? []) : [])),
  )
  for (const id of settings.keys()) {
    if (!ids.has(id))
      notUnderstood(draft, `${place}-set`, `there is no drive "${id}" defined; QEMU refuses to start with this`)
  }
  return settings
}

/** Options whose own readers report what they do not understand. */
function isReadElsewhere({ name, value }: Option): boolean {
  return (
    name === 'drive' || name === 'set' || OLD_DRIVES.has(name) || (name === 'object' && /throttle-group/.test(value))
  )
}

function readOther({ draft, place }: Reading, option: Option): void {
  const { name, value } = option
  const path = `${place}-${name}`
  if (name === 'stray') reportThrottling(draft, place.trim(), value)
  else if (name === 'variable') {
    const message = `${JSON.stringify(value)} is a shell variable; options in it are not in this text`
    notUnderstood(draft, place.trim(), message)
  } else if (name === 'fsdev' && value.includes('throttling.')) {
    notUnderstood(draft, path, 'limits of a shared folder; Weir knows the limits of disks only')
  } else if (name === 'readconfig') {
    const message = `${JSON.stringify(value)} is not read; give its [drive "d0"] here as -drive id=d0,…`
    notUnderstood(draft, path, message)
  } else {
    if (name === 'name') draft.name ??= parseOptionString(value, 'guest').get('guest') ?? null
    if (!isReadElsewhere(option)) reportStrayThrottling(draft, path, value)
  }
}

function readTree(
  { draft }: Reading,
  text: string,
  implied: string,
  path: string,
  use: (tree: ReturnType<typeof parseOptionTree> & object) => void,
): void {
  const tree = parseOptionTree(text, implied)
  if (tree === null)
    notUnderstood(draft, path, `${JSON.stringify(text.slice(0, 80))} is not JSON, although it begins like it`)
  else if (isVariable(text) && !text.includes('=')) {
    notUnderstood(draft, path, `${JSON.stringify(text)} is a shell variable; its value is not in this text`)
  } else {
    const doubled = text.trimStart().startsWith('{') ? keyIssues(text)[0] : undefined
    if (doubled !== undefined) notUnderstood(draft, path, `${doubled.message}; QEMU refuses to start with this`)
    use(tree)
  }
}

function readObject(read: Reading, value: string): void {
  const { draft, model, place, isDaemon } = read
  readTree(read, value, 'qom-type', `${place}-object`, (tree) => {
    const isDotted = !value.trimStart().startsWith('{')
    readGroupObject(draft, model, tree, { path: `${place}-object`, isDotted, isDaemon })
  })
}

function readDevice(read: Reading, value: string): void {
  const { model, place } = read
  readTree(read, value, 'driver', `${place}-device`, (tree) => {
    const drive = textMember(tree, 'drive')
    const id = textMember(tree, 'id')
    if (drive === null) return
    if (id === null) attachUnnamed(model, drive)
    else attach(model, qdevOfDriver(textMember(tree, 'driver'), id), drive)
  })
}

export function detectQemuArgs(text: string): number {
  const head = text.slice(0, 16_384)
  if (/^\s*[[{<]/.test(head)) return 0
  if (/(^|(?<!\/dev)\/|\s)(qemu-system-[\w-]+|qemu-kvm|qemu-storage-daemon|kvm)[\s\0\\]/.test(head)) return 0.9
  return /(^|[\s\0])--?(drive|blockdev|object)[\s\0=]/.test(head) ? 0.7 : 0
}
