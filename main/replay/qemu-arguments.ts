import { LEGACY_ORDER } from '#shared/qemu/legacy-limits.ts'
import { LEGACY_KEYS } from '#shared/qemu/qmp-commands.ts'
import { BUCKETS, isLimitKey, LIMIT_KEYS, type Limits, lengthKey, MAX_LENGTH_S } from '#shared/throttle/limits.ts'
import { genericError, type QemuError } from './qemu-outcome.ts'

// What QEMU says about the arguments of a command before it looks at what they mean: a missing member, one of the wrong
// type, then one too many. Members are visited in the order of the schema and the first complaint wins.

type MemberType = 'string' | 'integer'

interface Member {
  readonly name: string
  readonly type: MemberType
  readonly mandatory: boolean
}

/** Above this a number of JSON is no int64 to QEMU. */
const INT64_END = 2 ** 63

const BLOCK_SET_IO_THROTTLE: readonly Member[] = [
  { name: 'device', type: 'string', mandatory: false },
  { name: 'id', type: 'string', mandatory: false },
  ...LEGACY_ORDER.map((key) => ({
    name: LEGACY_KEYS[key],
    type: 'integer' as const,
    mandatory: BUCKETS.some((bucket) => bucket === key),
  })),
  { name: 'group', type: 'string', mandatory: false },
]

const LIMITS: readonly Member[] = LIMIT_KEYS.map((name) => ({ name, type: 'integer', mandatory: false }))

function hasType(value: unknown, type: MemberType): boolean {
  if (type === 'string') return typeof value === 'string'
  return Number.isInteger(value) && Math.abs(value as number) < INT64_END // a number, or it would be no integer
}

function memberError(
  values: Readonly<Record<string, unknown>>,
  members: readonly Member[],
  prefix: string,
): QemuError | null {
  for (const { name, type, mandatory } of members) {
    const value = values[name]
    if (value === undefined && mandatory) return genericError(`Parameter '${prefix}${name}' is missing`)
    if (value !== undefined && !hasType(value, type)) {
      return genericError(`Invalid parameter type for '${prefix}${name}', expected: ${type}`)
    }
  }
  const extra = Object.keys(values).find((name) => members.every((member) => member.name !== name))
  return extra === undefined ? null : genericError(`Parameter '${prefix}${extra}' is unexpected`)
}

/** What is wrong with the members of a `block_set_io_throttle`, or null. */
export function blockSetIoThrottleError(values: Readonly<Record<string, unknown>>): QemuError | null {
  return memberError(values, BLOCK_SET_IO_THROTTLE, '')
}

/** What is wrong with a `limits` property as such, or null. */
export function limitsError(values: Readonly<Record<string, unknown>>): QemuError | null {
  const error = memberError(values, LIMITS, 'limits.')
  if (error !== null) return error
  const tooLong = BUCKETS.map(lengthKey).find((key) => {
    const lengthS = values[key] as number | undefined // an integer if there, checked above
    return lengthS !== undefined && (lengthS < 0 || lengthS > MAX_LENGTH_S)
  })
  return tooLong === undefined ? null : genericError(`${tooLong} value must be in the range [0, ${MAX_LENGTH_S}]`)
}

/** `values` of a `limits` property without errors, as limits. */
export function limitsOf(values: Readonly<Record<string, unknown>>): Limits {
  return Object.fromEntries(Object.entries(values).filter(([key]) => isLimitKey(key))) as Limits // all are integers
}
