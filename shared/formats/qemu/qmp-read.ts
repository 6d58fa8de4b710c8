import type { Result } from '#shared/issue.ts'
import { limitsOfLegacy } from '#shared/qemu/legacy-limits.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { listNames } from '../losses.ts'
import { noteReplaced } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { isObject, type JsonObject, member, objectMember, parseJsonStream, textMember } from '../text/json-stream.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { readHmpLine, reportRefusal } from './hmp-read.ts'
import {
  addNode,
  attach,
  backendOfQdev,
  newQemuModel,
  type QemuModel,
  qdevOfDriver,
  removeBackends,
  setLegacyLimits,
} from './qemu-model.ts'
import { draftOfModel } from './qemu-model-draft.ts'
import { setGroupObject } from './qemu-object.ts'
import { limitsOfQapi, mergeLimits } from './qmp-limits.ts'
import { refusalOfCommand } from './qmp-refusal.ts'
import { isQmpShell, parseQmpShell } from './qmp-shell-read.ts'
import { refusalInReply, type Step, stepsOf } from './qmp-steps.ts'
import { applyQueryBlock } from './query-block.ts'

// A list of QMP commands, or a recorded conversation with QEMU's replies in it, played into a model of QEMU. Commands
// that QEMU refused change nothing; views (`query-block`, `qom-get`) tell what the commands before the record had done.

/** Commands that say nothing about disks' limits: passing over them loses nothing. */
const SILENT =
  /^(qmp_capabilities|query-.*|qom-list.*|qom-get|stop|cont|quit|device-list-properties|human-monitor-command|blockdev-del|device_del)$/

export function readQmp(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'structured')
  if (!checked.ok) return checked
  const stream = isQmpShell(checked.value) ? parseQmpShell(checked.value) : parseJsonStream(checked.value)
  if (!stream.ok) return stream
  const draft = newDraft(checked.value)
  const model = newQemuModel()
  for (const { value, line, doubled } of stream.value.parts) {
    // Of a command it is QEMU's reason to refuse it: qmp-steps.ts.
    if (doubled !== null && textMember(value, 'execute') === null) notUnderstood(draft, `line ${line}`, doubled)
  }
  const others = playSteps(draft, model, stepsOf(stream.value.parts))
  for (const stray of stream.value.strays.slice(0, 20))
    notUnderstood(draft, `line ${stray.line}`, `${JSON.stringify(stray.text)} is not JSON`)
  if (others.length > 0) draft.notes.push(`${listNames(others)} say nothing about limits and were skipped.`)
  draftOfModel(draft, model, model.backends.length === 0 ? 'loose-nodes-are-disks' : 'only-attached')
  return finishDraft(draft, options)
}

/** What the commands do to the model; returned are those that say nothing about limits. */
export function playSteps(draft: Draft, model: QemuModel, steps: readonly Step[]): readonly string[] {
  const others = new Set<string>()
  for (const step of steps) runStep(draft, model, step, others)
  return [...others]
}

function runStep(draft: Draft, model: QemuModel, step: Step, others: Set<string>): void {
  const answer = refusalInReply(step)
  if (answer !== null) {
    draft.notes.push(`Line ${step.line}: QEMU refused ${step.command} (${answer}); it changed nothing.`)
    return
  }
  const reason = step.reply === undefined ? refusalOfStep(model, step) : null
  if (reason !== null) {
    reportRefusal(draft, `line ${step.line}`, step.command, reason)
  } else if (!applyStep(draft, model, step) && !SILENT.test(step.command)) {
    others.add(step.command)
  }
}

function refusalOfStep(model: QemuModel, { command, arguments: args, doubled }: Step): string | null {
  return doubled ?? refusalOfCommand(model, command, args)
}

/** Whether the command is one that concerns limits. */
function applyStep(draft: Draft, model: QemuModel, step: Step): boolean {
  const { arguments: args } = step
  const path = `line ${step.line}`
  switch (step.command) {
    case 'block_set_io_throttle':
      applyLegacy(draft, model, args, path)
      return true
    case 'object-add':
      return applyObjectAdd(draft, model, args, path)
    case 'object-del':
      model.objects.delete(textMember(args, 'id') ?? '')
      return true
    case 'qom-set':
      return applyQomSet(draft, model, args, path)
    case 'qom-get':
      applyQomGet(model, args, step.reply)
      return true
    case 'blockdev-add':
      addNode(model, args)
      return true
    case 'blockdev-reopen': {
      const list = member(args, 'options')
      if (Array.isArray(list)) for (const each of list) if (isObject(each)) addNode(model, each)
      return true
    }
    case 'blockdev-del':
      model.nodes.delete(textMember(args, 'node-name') ?? '')
      return true
    case 'device_add':
      return applyDeviceAdd(model, args)
    case 'device_del':
      removeBackends(model, (each) => each.qdev === textMember(args, 'id'))
      return true
    case 'query-block': {
      const views = member(step.reply, 'return')
      if (Array.isArray(views)) applyQueryBlock(draft, model, views)
      return true
    }
    case 'human-monitor-command':
      return readHmpLine(draft, model, textMember(args, 'command-line') ?? '', path)
    default:
      return false
  }
}

function applyLegacy(draft: Draft, model: QemuModel, args: JsonObject, path: string): void {
  const id = textMember(args, 'id')
  const device = textMember(args, 'device')
  const target = id !== null ? { id } : device !== null ? { device } : null
  if (target === null) {
    notUnderstood(draft, path, 'block_set_io_throttle names no disk: it needs "id" or "device"')
    return
  }
  const limits = limitsOfLegacy(args)
  const before = setLegacyLimits(model, target, limits, textMember(args, 'group'))
  if (before !== null) noteReplaced(draft, { path, name: before.group, from: before.limits, to: limits })
}

function applyObjectAdd(draft: Draft, model: QemuModel, args: JsonObject, path: string): boolean {
  if (textMember(args, 'qom-type') !== 'throttle-group') return false
  const id = textMember(args, 'id')
  if (id === null) {
    notUnderstood(draft, path, 'object-add of a throttle-group without "id"')
    return true
  }
  // Before QEMU 6.0 the properties stood in "props".
  const props = { ...args, ...objectMember(args, 'props') }
  const main = limitsOfQapi(objectMember(props, 'limits'))
  const old = limitsOfQapi(props, 'x-')
  const unknown = [
    ...main.others,
    ...old.others.filter((name) => !['qom-type', 'id', 'props', 'limits'].includes(name)),
  ]
  if (unknown.length > 0)
    notUnderstood(draft, path, `a throttle-group has no ${listNames(unknown)} that is a whole number`)
  model.objects.set(id, mergeLimits(old.limits, main.limits))
  return true
}

function applyQomSet(draft: Draft, model: QemuModel, args: JsonObject, path: string): boolean {
  const property = textMember(args, 'property')
  const where = textMember(args, 'path') ?? ''
  if (property === 'drive') {
    const node = textMember(args, 'value')
    if (node !== null) backendOfQdev(model, where).node = node
    return true
  }
  if (property !== 'limits') return false
  setGroupObject(draft, model, args, path)
  return true
}

function applyQomGet(model: QemuModel, args: JsonObject, reply: unknown): void {
  const value = member(reply, 'return')
  if (textMember(args, 'property') !== 'limits' || !isObject(value)) return
  const group = (textMember(args, 'path') ?? '').replace(/^\/objects\//, '')
  model.legacyGroups.delete(group)
  model.objects.set(group, limitsOfQapi(value).limits)
}

function applyDeviceAdd(model: QemuModel, args: JsonObject): boolean {
  const drive = textMember(args, 'drive')
  const id = textMember(args, 'id')
  if (drive === null) return false
  if (id !== null) attach(model, qdevOfDriver(textMember(args, 'driver'), id), drive)
  return true
}

/** Commands or a conversation; `query-block`'s bare output is another format. */
export function detectQmp(text: string): number {
  const head = text.slice(0, 8192)
  if (isQmpShell(head)) return 0.95
  if (!/^[\s\uFEFF<>-]*[[{]/.test(head)) return 0
  if (/["'](block_set_io_throttle|blockdev-add|blockdev-reopen|object-add|qom-set)["']/.test(head)) return 0.95
  if (/["']execute["']\s*:/.test(head) || /["']exchanges["']\s*:/.test(head)) return 0.9
  return 0
}

export function readQmpQuery(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'structured')
  if (!checked.ok) return checked
  const stream = parseJsonStream(checked.value)
  if (!stream.ok) return stream
  const draft = newDraft(checked.value)
  const model = newQemuModel()
  for (const part of stream.value.parts) {
    const value = Array.isArray(part.value) ? part.value : member(part.value, 'return')
    if (Array.isArray(value)) applyQueryBlock(draft, model, value)
    else if (isObject(part.value) && !Object.hasOwn(part.value, 'QMP')) {
      notUnderstood(draft, `line ${part.line}`, 'this is not a list of disks as query-block gives it')
    }
  }
  for (const { line, text: stray } of stream.value.strays) reportThrottling(draft, `line ${line}`, stray)
  draftOfModel(draft, model, 'only-attached')
  return finishDraft(draft, options)
}

export function detectQmpQuery(text: string): number {
  const head = text.slice(0, 8192)
  if (!/^[\s\uFEFF<>-]*[[{]/.test(head) || /["']execute["']\s*:/.test(head)) return 0
  return /"inserted"\s*:/.test(head) && /"(iops_rd|locked|removable)"\s*:/.test(head) ? 0.9 : 0
}
