import {
  BUCKETS,
  type Bucket,
  canonicalLimits,
  defaultLimit,
  fullLimits,
  hasAnyLimit,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
} from '#shared/throttle/limits.ts'

// The QMP commands that concern throttling, built in one place for export, for the tape and for a live QEMU.
//
//   legacy   block_set_io_throttle: the group has no object, its limits travel with every call of every member
//   filter   object-add / qom-set on the group's object, blockdev-add / blockdev-reopen on the filter nodes
//
// Each is accepted by QEMU 6.0 to 10.x (`object-add` without "props", `blockdev-reopen` without "x-" from 6.1 on).

export interface QmpCommand {
  readonly execute: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** QMP's own stems of the six buckets, as `block_set_io_throttle` takes and `query-block` gives them. */
const LEGACY_STEMS: Readonly<Record<Bucket, string>> = {
  'bps-total': 'bps',
  'bps-read': 'bps_rd',
  'bps-write': 'bps_wr',
  'iops-total': 'iops',
  'iops-read': 'iops_rd',
  'iops-write': 'iops_wr',
}

/** Limit key → its name in `block_set_io_throttle` and `query-block`: `iops-total-max-length` → `iops_max_length`. */
export const LEGACY_KEYS: Readonly<Record<LimitKey, string>> = Object.fromEntries([
  ...BUCKETS.flatMap((bucket) => [
    [bucket, LEGACY_STEMS[bucket]],
    [maxKey(bucket), `${LEGACY_STEMS[bucket]}_max`],
    [lengthKey(bucket), `${LEGACY_STEMS[bucket]}_max_length`],
  ]),
  ['iops-size', 'iops_size'],
]) as Record<LimitKey, string> // every key is listed

/** One of the two ways in which `block_set_io_throttle` names a disk: by -drive id (deprecated), or by qdev id or QOM path. */
export type LegacyTarget = { readonly device: string } | { readonly id: string }

/**
 * The limits as members of `block_set_io_throttle`: all six averages, which are mandatory there, and of the rest what
 * differs from the default. Absent means *default* in QEMU, never *keep*.
 */
export function blockSetIoThrottleArguments(limits: Limits): Readonly<Record<string, number>> {
  const averages = BUCKETS.map((bucket) => [LEGACY_STEMS[bucket], limitOf(limits, bucket)] as const)
  const others = (Object.keys(LEGACY_KEYS) as LimitKey[])
    .filter((key) => !(BUCKETS as readonly string[]).includes(key) && limitOf(limits, key) !== defaultLimit(key))
    .map((key) => [LEGACY_KEYS[key], limitOf(limits, key)] as const)
  return Object.fromEntries([...averages, ...others])
}

/**
 * Puts a device into `group` and sets the limits of the *whole* group. Limits without any average take the device out of
 * its group instead (QEMU ignores the name then, so it is not sent).
 */
export function blockSetIoThrottle(target: LegacyTarget, limits: Limits, group: string): QmpCommand {
  if (!hasAnyLimit(limits)) return blockUnthrottle(target)
  return { execute: 'block_set_io_throttle', arguments: { ...target, group, ...blockSetIoThrottleArguments(limits) } }
}

/** Takes a device out of its group: its waiting requests go at once. Succeeds also when it is in none. */
export function blockUnthrottle(target: LegacyTarget): QmpCommand {
  return { execute: 'block_set_io_throttle', arguments: { ...target, ...blockSetIoThrottleArguments({}) } }
}

/** A throttle-group object. Without `limits` it is unlimited. */
export function objectAddGroup(group: string, limits: Limits): QmpCommand {
  const set = canonicalLimits(limits)
  return {
    execute: 'object-add',
    arguments: { 'qom-type': 'throttle-group', id: group, ...(Object.keys(set).length === 0 ? {} : { limits: set }) },
  }
}

/** Fails while a device is still in the group. */
export function objectDel(id: string): QmpCommand {
  return { execute: 'object-del', arguments: { id } }
}

/** Replaces a group's limits whole: all 19 keys, since QEMU merges what is sent into what is there. */
export function qomSetLimits(group: string, limits: Limits): QmpCommand {
  return {
    execute: 'qom-set',
    arguments: { path: `/objects/${group}`, property: 'limits', value: fullLimits(limits) },
  }
}

/** Changes some limits of a group, the way to leave alone what is not ours to change: QEMU keeps the others. */
export function qomMergeLimits(group: string, changed: Limits): QmpCommand {
  return { execute: 'qom-set', arguments: { path: `/objects/${group}`, property: 'limits', value: changed } }
}

export function qomGetLimits(group: string): QmpCommand {
  return { execute: 'qom-get', arguments: { path: `/objects/${group}`, property: 'limits' } }
}

export interface FilterNode {
  /** Node name of the filter. */
  readonly filter: string
  readonly group: string
  /** Node name of what is below it. */
  readonly file: string
  /** A reopen must repeat every option, or it falls back to its default: `read-only`, `detect-zeroes`, `cache`. */
  readonly keep?: Readonly<Record<string, unknown>>
}

function filterOptions(node: FilterNode): Readonly<Record<string, unknown>> {
  return { driver: 'throttle', 'node-name': node.filter, 'throttle-group': node.group, file: node.file, ...node.keep }
}

export function blockdevAddFilter(node: FilterNode): QmpCommand {
  return { execute: 'blockdev-add', arguments: filterOptions(node) }
}

/** Moves filters to other groups, all or none. Their waiting requests go at once, even if the command then fails. */
export function blockdevReopen(nodes: readonly FilterNode[]): QmpCommand {
  return { execute: 'blockdev-reopen', arguments: { options: nodes.map(filterOptions) } }
}

/** Fails while anything is attached to the node. */
export function blockdevDel(node: string): QmpCommand {
  return { execute: 'blockdev-del', arguments: { 'node-name': node } }
}

/** Puts another node under a running disk: a filter over its old node, or the old node again. */
export function qomSetDrive(qdev: string, node: string): QmpCommand {
  return { execute: 'qom-set', arguments: { path: qdevPath(qdev), property: 'drive', value: node } }
}

/** A disk without an id of its own is known by its QOM path already. */
function qdevPath(qdev: string): string {
  return qdev.startsWith('/') ? qdev : `/machine/peripheral/${qdev}`
}

/** One command on one line, with the spaces people leave: `{ "execute": "object-del", "arguments": { "id": "g0" } }`. */
export function formatQmp(command: QmpCommand): string {
  return spaced(command)
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(spaced).join(', ')} ]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${spaced(each)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
