import { failed, ok, type Result } from '#shared/issue.ts'
import type { LimitKey } from '#shared/throttle/limits.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { listNames } from '../losses.ts'
import { checkText, nestingIssue } from '../text/guard.ts'
import { type JsonObject, objectMember, textMember } from '../text/json-stream.ts'
import { splitShellWords } from '../text/shell-words.ts'
import { readDriveOptions } from './qemu-drive.ts'
import { addBackend, addNode, attach, newQemuModel, type QemuModel, qdevOfDriver } from './qemu-model.ts'
import { draftOfModel } from './qemu-model-draft.ts'
import { parseOptionNumber, parseOptionString, parseOptionTree } from './qemu-options.ts'
import { limitsOfQapi, mergeLimits } from './qmp-limits.ts'

// A whole command line of qemu-system-* or qemu-storage-daemon: as typed in a shell, as `ps` shows it (quotes gone), or as
// /proc/PID/cmdline has it (NUL between the words). Options that are not about disks are passed over.

const OLD_DISKS: ReadonlyMap<string, string> = new Map([
  ['hda', 'ide0-hd0'],
  ['hdb', 'ide0-hd1'],
  ['hdc', 'ide1-hd0'],
  ['hdd', 'ide1-hd1'],
])

export function readQemuArgs(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'arguments')
  if (!checked.ok) return checked
  const deep = nestingIssue(checked.value)
  if (deep) return failed([deep])
  const words = wordsOf(checked.value)
  if (!words.ok) return words
  const draft = newDraft(checked.value)
  const model = newQemuModel()
  if (looksLikePs(checked.value)) {
    draft.notes.push(
      'This is as ps shows it, without quotes: a name with a space is cut. /proc/PID/cmdline says it whole.',
    )
  }
  for (const [index, word] of words.value.entries()) {
    const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word)
    const option = match?.[1]
    const value = match?.[2] ?? words.value[index + 1]
    if (option !== undefined && value !== undefined) readOption(draft, model, option, value)
  }
  const isDaemon = words.value.some((word) => word.includes('qemu-storage-daemon'))
  draftOfModel(draft, model, isDaemon || model.backends.length === 0 ? 'loose-nodes-are-disks' : 'only-attached')
  return finishDraft(draft, options)
}

function wordsOf(text: string): Result<readonly string[]> {
  if (text.includes('\0')) return ok(text.split('\0').filter((word) => word !== ''))
  if (looksLikePs(text)) return ok(splitBare(text))
  const { words, problem } = splitShellWords(text)
  if (problem !== null) {
    return failed([{ path: '', code: 'bad-quotes', message: `this is not a whole command line: ${problem}` }])
  }
  return ok(words)
}

/** `ps` shows JSON without the quotes that a shell would need around it. */
function looksLikePs(text: string): boolean {
  return !text.includes('\0') && /\s\{"/.test(text)
}

/** White space separates, but not inside a word that starts with a brace. */
function splitBare(text: string): readonly string[] {
  const words: string[] = []
  const pattern = /\S+/g
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    if (!found[0].startsWith('{')) {
      if (found[0] !== '\\') words.push(found[0])
      continue
    }
    const end = braceEnd(text, found.index)
    words.push(text.slice(found.index, end))
    pattern.lastIndex = end
  }
  return words
}

function braceEnd(text: string, start: number): number {
  const pattern = /["{}\\]/g
  pattern.lastIndex = start
  let depth = 0
  let inString = false
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    if (found[0] === '\\') pattern.lastIndex += 1
    else if (found[0] === '"') inString = !inString
    else if (!inString) depth += found[0] === '{' ? 1 : -1
    if (depth === 0) return found.index + 1
  }
  return text.length
}

function readOption(draft: Draft, model: QemuModel, option: string, value: string): void {
  const oldDisk = OLD_DISKS.get(option)
  if (oldDisk !== undefined) addBackend(model, { drive: oldDisk })
  else if (option === 'drive') readDriveOptions(draft, model, value, '-drive')
  else if (option === 'object') readTree(draft, value, 'qom-type', '-object', (tree) => readObject(draft, model, tree))
  else if (option === 'blockdev') readTree(draft, value, 'driver', '-blockdev', (tree) => addNode(model, tree))
  else if (option === 'device') readTree(draft, value, 'driver', '-device', (tree) => readDevice(model, tree))
  else if (option === 'name') draft.name = parseOptionString(value, 'guest').get('guest') ?? null
  else if (option === 'fsdev' && value.includes('throttling.')) {
    notUnderstood(draft, '-fsdev', 'limits of a shared folder; Weir knows the limits of disks only')
  } else if (option === 'readconfig') {
    notUnderstood(draft, '-readconfig', `the options in ${JSON.stringify(value)} are in another file; import that too`)
  } else if (option === 'set' && /^drive\./.test(value)) {
    notUnderstood(draft, '-set', `${JSON.stringify(value)} changes a -drive; write it into the -drive itself`)
  }
}

function readTree(draft: Draft, text: string, implied: string, path: string, use: (tree: JsonObject) => void): void {
  const tree = parseOptionTree(text, implied)
  if (tree === null)
    notUnderstood(draft, path, `${JSON.stringify(text.slice(0, 80))} is not JSON, although it begins like it`)
  else use(tree)
}

function readObject(draft: Draft, model: QemuModel, tree: JsonObject): void {
  if (textMember(tree, 'qom-type') !== 'throttle-group') return
  const id = textMember(tree, 'id')
  if (id === null) {
    notUnderstood(draft, '-object', 'a throttle-group without id')
    return
  }
  const main = limitsOfQapi(withNumbers(objectMember(tree, 'limits')))
  const old = limitsOfQapi(withNumbers(tree), 'x-')
  const unknown = [...main.others, ...old.others.filter((name) => !['qom-type', 'id', 'limits'].includes(name))]
  if (unknown.length > 0)
    notUnderstood(draft, `-object ${id}`, `a throttle-group has no ${listNames(unknown)} that is a whole number`)
  const limits: Partial<Record<LimitKey, number>> = mergeLimits(old.limits, main.limits)
  model.objects.set(id, limits)
}

/** In an option string every value is text. */
function withNumbers(tree: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === 'string' ? (parseOptionNumber(value) ?? value) : value,
    ]),
  )
}

function readDevice(model: QemuModel, tree: JsonObject): void {
  const drive = textMember(tree, 'drive')
  if (drive === null) return
  const id = textMember(tree, 'id')
  if (id !== null) attach(model, qdevOfDriver(textMember(tree, 'driver'), id), drive)
  else if (!model.backends.some((backend) => backend.drive === drive)) addBackend(model, { node: drive })
}

export function detectQemuArgs(text: string): number {
  const head = text.slice(0, 16_384)
  if (/^\s*[[{<]/.test(head)) return 0
  if (/(^|[/\s])(qemu-system-[\w-]+|qemu-kvm|qemu-storage-daemon|kvm)[\s\0\\]/.test(head)) return 0.9
  return /(^|[\s\0])--?(drive|blockdev|object)[\s\0=]/.test(head) ? 0.7 : 0
}
