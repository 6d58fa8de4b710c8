import { type Draft, notUnderstood } from '../draft.ts'
import { listNames } from '../losses.ts'
import { noteReplaced } from '../set-limits.ts'
import { isObject, type JsonObject, objectMember, textMember } from '../text/json-stream.ts'
import { isVariable } from '../text/shell-variables.ts'
import type { QemuModel } from './qemu-model.ts'
import { parseOptionNumber } from './qemu-options.ts'
import { limitsOfQapi, mergeLimits } from './qmp-limits.ts'

// `-object throttle-group,…` and HMP's object_add.

export interface ObjectText {
  /** For losses: `-object`. */
  readonly path: string
  /** Not JSON: every value is text. */
  readonly isDotted: boolean
  /** qemu-storage-daemon and the monitor take `limits.…`; qemu-system takes JSON and `x-…` only. */
  readonly isDaemon: boolean
}

export function readGroupObject(draft: Draft, model: QemuModel, tree: JsonObject, text: ObjectText): void {
  if (textMember(tree, 'qom-type') !== 'throttle-group') return
  const id = textMember(tree, 'id')
  if (id === null) {
    notUnderstood(draft, text.path, 'a throttle-group without id')
    return
  }
  const path = `${text.path} ${id}`
  const numbers = (values: JsonObject) => (text.isDotted ? numbersOfText(values) : values)
  const main = limitsOfQapi(numbers(objectMember(tree, 'limits')))
  const old = limitsOfQapi(numbers(tree), 'x-')
  const unknown = [...main.others, ...old.others.filter((name) => !['qom-type', 'id', 'limits'].includes(name))]
  const variables = Object.entries({ ...tree, ...objectMember(tree, 'limits') }).filter(
    ([name, value]) => (unknown.includes(name) || name === 'id') && typeof value === 'string' && isVariable(value),
  )
  for (const [name, value] of variables)
    notUnderstood(
      draft,
      `${path} ${name}`,
      `${JSON.stringify(value)} is a shell variable; its value is not in this text`,
    )
  const others = unknown.filter((name) => !variables.some(([each]) => each === name))
  if (others.length > 0)
    notUnderstood(draft, path, `a throttle-group has no ${listNames(others)} that is a whole number`)
  if (text.isDotted && !text.isDaemon && Object.keys(main.limits).length > 0) {
    draft.losses.push({
      path,
      kind: 'converted',
      message: 'qemu-system refuses limits.… here, which qemu-storage-daemon takes; it is read as it is meant',
    })
  }
  if (model.objects.has(id))
    notUnderstood(draft, path, 'there is an object of this name already; QEMU refuses to start with this')
  model.objects.set(id, mergeLimits(old.limits, main.limits))
}

/** In an option string every value is text. */
export function numbersOfText(tree: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      if (isObject(value)) return [key, numbersOfText(value)]
      return [key, typeof value === 'string' ? (parseOptionNumber(value) ?? value) : value]
    }),
  )
}

/** As `qom-set` of a group's limits, which keeps those that it does not name. */
export function setGroupObject(draft: Draft, model: QemuModel, args: JsonObject, path: string): void {
  const group = (textMember(args, 'path') ?? '').replace(/^\/objects\//, '')
  const { limits, others } = limitsOfQapi(objectMember(args, 'value'))
  if (others.length > 0) notUnderstood(draft, path, `limits have no ${listNames(others)} that is a whole number`)
  if (!model.objects.has(group))
    notUnderstood(draft, path, `${group} was made before this text; limits that it has besides these are not known`)
  const from = model.objects.get(group) ?? {}
  const to = mergeLimits(from, limits)
  noteReplaced(draft, { path, name: group, from, to })
  model.objects.set(group, to)
}
