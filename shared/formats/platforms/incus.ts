import { failed, ok, type Result } from '#shared/issue.ts'
import { DIRECTIONS, hasAnyLimit, type LimitKey, type Limits, limitOf } from '#shared/throttle/limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import { type Format, type Loss, styleOption, type WriteOptions, type Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { droppedLimits, lostGroups, SCOPE_NOTE, unsharedGroups } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { mapNames, type NameRule } from '../names.ts'
import { named } from '../qemu/qemu-names.ts'
import { unknownStyle } from '../qemu/qmp.ts'
import { shellQuote } from '../text/shell-quoting.ts'
import { detectIncus, readIncus } from './incus-read.ts'
import { parseSplit, SPLIT_OPTION, type Split, splitLosses, splitTotals } from './split-totals.ts'

// Incus, and LXD with the same keys: `limits.read` and `limits.write` of a disk, each bytes a second or requests a second,
// never both. `limits.max` is no total but both at once. A VM's disk gets them by QEMU's own throttle, without bursts.

const STYLES = { bytes: 'Bytes per second', iops: 'Requests per second' }

type Unit = 'bps' | 'iops'

/** Incus takes letters, digits and these; the length is that of its device names. */
const DEVICE_NAME: NameRule = {
  legal: /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/,
  illegal: /[^A-Za-z0-9._:/-]+/g,
  maxLength: 63,
  reserved: new Set(),
  stem: 'disk',
}

const NAMES: readonly (readonly [number, string])[] = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
]

/** Exact, in the largest unit that divides it. */
function bytesText(value: number): string {
  const [size, name] = NAMES.find(([each]) => value % each === 0) ?? [1, 'B']
  return `${value / size}${name}`
}

/** The keys that are written: of each direction the one in `first`, or the other where only that is set. */
function chosenKeys(limits: Limits, first: Unit): readonly LimitKey[] {
  const second: Unit = first === 'bps' ? 'iops' : 'bps'
  return DIRECTIONS.flatMap((direction) =>
    [first, second]
      .map((unit) => `${unit}-${direction}` as const)
      .filter((key) => limitOf(limits, key) !== 0)
      .slice(0, 1),
  )
}

function lineOf(limits: Limits, first: Unit, vm: string, device: string): string {
  const keys = chosenKeys(limits, first)
  const settings = DIRECTIONS.map((direction) => {
    const key = keys.find((each) => each.endsWith(`-${direction}`))
    if (key === undefined) return `limits.${direction}=`
    const value = limitOf(limits, key)
    return `limits.${direction}=${key.startsWith('bps') ? bytesText(value) : `${value}iops`}`
  })
  // limits.max would go before both.
  return `incus config device set ${vm} ${shellQuote(device)} limits.max= ${settings.join(' ')}\n`
}

function writeIncus(workspace: Workspace, options: WriteOptions): Result<Written> {
  const style = options.style ?? 'bytes'
  if (!Object.hasOwn(STYLES, style)) return failed([unknownStyle(style, STYLES)])
  const first: Unit = style === 'iops' ? 'iops' : 'bps'
  const split = parseSplit(options.split)
  if (!split.ok) return split
  const given = (options.vm ?? '').trim()
  const vm = given === '' ? '"$INSTANCE"' : shellQuote(given)
  const names = mapNames(
    workspace.devices.map((device) => device.id),
    DEVICE_NAME,
    new Set(),
  )
  const unsayable: Loss[] = []
  const lines = workspace.devices.map((device, index) => {
    const limits = limitsOfInnermost(workspace, device)
    const shares = splitTotals(limits, split.value)
    if (hasAnyLimit(limits) && chosenKeys(shares, first).length === 0) {
      const message = `Incus has no totals, and ${device.id} has no other limit; no line is written`
      unsayable.push({ path: `devices[${index}]`, kind: 'dropped', message })
      return ''
    }
    return lineOf(shares, first, vm, named(names, device.id))
  })
  return ok({
    text: lines.join(''),
    losses: [
      ...lostLevels(workspace, 'Incus'),
      ...renamedDevices(workspace, names),
      ...unsayable,
      ...lostGroups(workspace, 'Incus'),
      ...groupLosses(workspace, { first, split: split.value, names }),
    ],
    notes: [
      ...(given === '' ? ['Set INSTANCE first, or give the name of the instance.'] : []),
      'A disk that the instance has from a profile needs incus config device override first.',
      'limits.max limits reads and writes each to its value, not both together; it is cleared.',
      SCOPE_NOTE,
    ],
  })
}

function renamedDevices(workspace: Workspace, names: ReadonlyMap<string, string>): readonly Loss[] {
  return workspace.devices.flatMap(({ id }, index): readonly Loss[] => {
    const to = named(names, id)
    if (to === id) return []
    const message = `Incus takes no device ${JSON.stringify(id)}; it is called ${to}`
    return [{ path: `devices[${index}].id`, kind: 'renamed', message, from: id, to }]
  })
}

interface Choice {
  readonly first: Unit
  readonly split: Split
  readonly names: ReadonlyMap<string, string>
}

function groupLosses(workspace: Workspace, { first, split, names }: Choice): readonly Loss[] {
  const keysOf = (limits: Limits) => chosenKeys(splitTotals(limits, split), first)
  const said: Workspace = {
    ...workspace,
    groups: Object.fromEntries(Object.entries(workspace.groups).filter(([, limits]) => keysOf(limits).length > 0)),
  }
  const perGroup = Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
    if (groupMembers(workspace, group).length === 0 || !hasAnyLimit(limits)) return []
    const keys = keysOf(limits)
    const path = formatPath(['groups', group])
    const beside = (key: LimitKey) => /^(bps|iops)-(read|write)$/.test(key) && !keys.includes(key)
    // A total of which neither half is written was not split.
    const wholly = new Set(
      (['bps', 'iops'] as const)
        .filter((unit) => !keys.some((key) => key.startsWith(unit)))
        .map((unit) => formatPath(['groups', group, `${unit}-total`])),
    )
    const says = (key: LimitKey) =>
      keys.includes(key) || beside(key) || (split !== 'no' && (key === 'bps-total' || key === 'iops-total'))
    return [
      ...(keys.length === 0
        ? [
            {
              path,
              kind: 'dropped' as const,
              message: `${group} has totals only; say how to split them, or it is lost`,
            },
          ]
        : []),
      ...splitLosses(group, limits, split, 'Incus').filter(({ path: place }) => !wholly.has(place)),
      ...droppedLimits(limits, ['groups', group], 'Incus', says),
      ...besideLosses(group, splitTotals(limits, split), limits, beside),
    ]
  })
  return [...unsharedGroups(said, 'Incus', ({ id }) => named(names, id)), ...perGroup]
}

/** What has no place beside the limit in the other unit; of a total that was split, the total. */
function besideLosses(
  group: string,
  shares: Limits,
  limits: Limits,
  beside: (key: LimitKey) => boolean,
): readonly Loss[] {
  const found = (Object.keys(shares) as LimitKey[]).filter((key) => beside(key))
  const owns = found.map((key): LimitKey => {
    const total: LimitKey = key.startsWith('bps') ? 'bps-total' : 'iops-total'
    return limitOf(limits, key) === 0 ? total : key
  })
  return [...new Set(owns)].map((own) => {
    const sides = found.filter((_, at) => owns[at] === own).map((key) => `limits.${key.split('-')[1]}`)
    const message = `Incus takes one limit for ${sides.join(' and for ')}, bytes or requests; ${own} ${limitOf(limits, own)} is left out there`
    return { path: formatPath(['groups', group, own]), kind: 'dropped' as const, message, from: limitOf(limits, own) }
  })
}

export const incus: Format = {
  id: 'incus',
  title: 'Incus',
  family: 'Others',
  direction: 'both',
  fileExtension: '.sh',
  note: 'limits.read and limits.write of each disk: no bursts, no totals, no groups',
  options: [
    { key: 'vm', label: 'Instance', help: 'Name of the instance', kind: 'text', choices: [], preset: '' },
    styleOption('Which limit is written where a direction has both; Incus takes one.', STYLES),
    SPLIT_OPTION,
  ],
  write: writeIncus,
  read: readIncus,
  detect: detectIncus,
}
