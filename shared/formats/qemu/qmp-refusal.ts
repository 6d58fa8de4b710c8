import { limitsOfLegacy } from '#shared/qemu/legacy-limits.ts'
import { LEGACY_KEYS } from '#shared/qemu/qmp-commands.ts'
import { BUCKETS, isLimitKey, type Limits } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { isObject, type JsonObject, member, objectMember, textMember } from '../text/json-stream.ts'
import type { QemuModel } from './qemu-model.ts'
import { limitsOfQapi, mergeLimits } from './qmp-limits.ts'

// Which commands QEMU refuses as a whole, and in what words, as recorded from it. Only what the text itself shows is
// looked at: a disk or a group that it does not mention may be there all the same.

/** null: nothing in the text speaks against it. */
export function refusalOfCommand(model: QemuModel, command: string, args: JsonObject): string | null {
  switch (command) {
    case 'block_set_io_throttle':
      return refusalOfThrottle(args)
    case 'object-add':
      return textMember(args, 'qom-type') === 'throttle-group' ? refusalOfObject(model, args) : null
    case 'object-del':
      return refusalOfDeletion(model, textMember(args, 'id') ?? '')
    case 'qom-set':
      return refusalOfQomSet(model, args)
    case 'blockdev-add':
      return refusalOfNode(model, args)
    default:
      return null
  }
}

function isInt64(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 63
}

const LEGACY_NAMES: ReadonlySet<string> = new Set(Object.values(LEGACY_KEYS))

function refusalOfThrottle(args: JsonObject): string | null {
  for (const [name, value] of Object.entries(args)) {
    if (name === 'id' || name === 'device' || name === 'group') {
      if (typeof value !== 'string') return `Invalid parameter type for '${name}', expected: string`
    } else if (!LEGACY_NAMES.has(name)) return `Parameter '${name}' is unexpected`
    else if (!isInt64(value)) return `Invalid parameter type for '${name}', expected: integer`
  }
  const missing = BUCKETS.map((bucket) => LEGACY_KEYS[bucket]).find((name) => member(args, name) === undefined)
  if (missing !== undefined) return `Parameter '${missing}' is missing`
  if (Object.hasOwn(args, 'id') === Object.hasOwn(args, 'device')) return "Need exactly one of 'device' and 'id'"
  const isBackwards = Object.entries(args).some(([name, value]) => name.endsWith('_length') && Number(value) < 0)
  return firstBreach(limitsOfLegacy(args))?.text ?? (isBackwards ? 'burst length too high for this burst rate' : null)
}

function refusalOfObject(model: QemuModel, args: JsonObject): string | null {
  const id = textMember(args, 'id')
  if (id === null) return "Parameter 'id' is missing"
  if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(id)) return "Parameter 'id' expects an identifier"
  // Before QEMU 6.0 the properties stood in "props".
  const props = { ...args, ...objectMember(args, 'props') }
  const wrong = wrongLimit(member(props, 'limits')) ?? wrongOldLimit(props)
  if (wrong !== null) return wrong
  if (model.objects.has(id)) return `attempt to add duplicate property '${id}' to object (type 'container')`
  if (model.legacyGroups.has(id)) return 'A group with this name already exists'
  return breachOf(mergeLimits(limitsOfQapi(props, 'x-').limits, limitsOfQapi(objectMember(props, 'limits')).limits))
}

const OBJECT_MEMBERS: ReadonlySet<string> = new Set(['qom-type', 'id', 'limits', 'props'])

function wrongOldLimit(props: JsonObject): string | null {
  for (const [name, value] of Object.entries(props)) {
    if (OBJECT_MEMBERS.has(name)) continue
    if (!name.startsWith('x-') || !isLimitKey(name.slice(2))) return `Parameter '${name}' is unexpected`
    if (!isInt64(value)) return `Invalid parameter type for '${name}', expected: integer`
    if (Number(value) < 0) return 'Property values cannot be negative'
  }
  return null
}

function wrongLimit(limits: unknown): string | null {
  if (limits === undefined) return null
  if (!isObject(limits)) return "Invalid parameter type for 'limits', expected: object"
  for (const [name, value] of Object.entries(limits)) {
    if (!isLimitKey(name)) return `Parameter 'limits.${name}' is unexpected`
    if (!isInt64(value)) return `Invalid parameter type for 'limits.${name}', expected: integer`
  }
  return null
}

/** Of a group's limits; lengths have a bound of their own here. */
function breachOf(limits: Limits): string | null {
  const long = Object.entries(limits).find(
    ([key, value]) => key.endsWith('-length') && !(value >= 0 && value <= 0xffff_ffff),
  )
  if (long) return `${long[0]} value must be in the range [0, 4294967295]`
  return firstBreach(limits)?.text ?? null
}

function refusalOfDeletion(model: QemuModel, id: string): string | null {
  if (!model.objects.has(id)) return null
  const used =
    [...model.nodes.values()].some((node) => node.group === id) ||
    model.backends.some((backend) => backend.group === id)
  return used ? `object '${id}' is in use, can not be deleted` : null
}

function refusalOfQomSet(model: QemuModel, args: JsonObject): string | null {
  const property = textMember(args, 'property') ?? ''
  if (property.startsWith('x-') && isLimitKey(property.slice(2))) return 'Property cannot be set after initialization'
  if (property !== 'limits') return null
  const wrong = wrongLimit(member(args, 'value') ?? null)
  if (wrong !== null) return wrong
  const old = model.objects.get((textMember(args, 'path') ?? '').replace(/^\/objects\//, ''))
  // Of a group that was made before this text the rest of its limits is not known.
  return old === undefined ? null : breachOf(mergeLimits(old, limitsOfQapi(objectMember(args, 'value')).limits))
}

function refusalOfNode(model: QemuModel, args: JsonObject): string | null {
  const name = textMember(args, 'node-name')
  if (textMember(args, 'driver') === 'throttle') {
    const missing = ['throttle-group', 'file'].find((key) => member(args, key) === undefined)
    if (missing !== undefined) return `Parameter '${missing}' is missing`
  }
  return name !== null && model.nodes.has(name) ? `Duplicate nodes with node-name='${name}'` : null
}
