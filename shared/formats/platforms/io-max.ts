import { ok, type Result } from '#shared/issue.ts'
import { BUCKETS, canonicalLimits, hasAnyLimit, type LimitKey, type Limits, limitOf } from '#shared/throttle/limits.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import { devicePairs, type PairedOption } from '../device-pairs.ts'
import type { Format, Loss, WriteOptions, Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { droppedLimits, freeDevicesNote, lostGroups, SCOPE_NOTE, unsharedGroups } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { detectIoMax, IO_MAX_KEYS, readIoMax } from './io-max-read.ts'
import { parseSplit, SPLIT_OPTION, type Split, splitLosses, splitTotals } from './split-totals.ts'

// Lines for io.max of a cgroup: `MAJ:MIN rbps=… wiops=…`. It has no totals: they become read and write limits only when
// the user says how.

const NUMBERS_OPTION: PairedOption = {
  option: 'numbers',
  value: 'MAJ:MIN',
  example: '8:16',
  pattern: /^\d+:\d+$/,
  isShared: true,
}

/** Read back by io-max-read.ts; quoted where it would not survive otherwise. */
function commentOf(id: string): string {
  return /^[^\s"\p{Cs}]+( [^\s"\p{Cs}]+)*$/u.test(id) ? id : JSON.stringify(id)
}

/** What io.max can say of `limits`, or nothing at all. */
function saysAnything(limits: Limits): boolean {
  return [...IO_MAX_KEYS.keys()].some((key) => limitOf(limits, key) !== 0)
}

function lineOf(device: Device, limits: Limits, number: string): string {
  const set = canonicalLimits(limits)
  const parts = BUCKETS.flatMap((bucket) => {
    const name = IO_MAX_KEYS.get(bucket)
    return name === undefined || set[bucket] === undefined ? [] : [`${name}=${limitOf(set, bucket)}`]
  })
  return parts.length === 0 ? '' : `# ${commentOf(device.id)}\n${number} ${parts.join(' ')}\n`
}

function writeIoMax(workspace: Workspace, options: WriteOptions): Result<Written> {
  const chosen = parseSplit(options.split)
  if (!chosen.ok) return chosen
  const split = chosen.value
  const numbers = devicePairs(options.numbers ?? '', workspace, NUMBERS_OPTION)
  if (!numbers.ok) return numbers
  const losses: Loss[] = []
  const lines = workspace.devices.map((device, index) => {
    const limits = limitsOfInnermost(workspace, device)
    const known = numbers.value.get(device.id) ?? (NUMBERS_OPTION.pattern.test(device.id) ? device.id : null)
    const line = lineOf(device, splitTotals(limits, split), known ?? 'MAJ:MIN')
    const path = `devices[${index}]`
    if (line === '' && hasAnyLimit(limits)) {
      losses.push({
        path,
        kind: 'dropped',
        message: `io.max has no totals, and ${device.id} has no other limit; no line is written`,
      })
    } else if (line !== '' && known === null) {
      const message = `io.max needs the numbers of the host’s disk; put them in place of MAJ:MIN for ${device.id} (lsblk shows them)`
      losses.push({ path, kind: 'converted', message })
    }
    return line
  })
  return ok({
    text: lines.join(''),
    losses: [...lostLevels(workspace, 'io.max'), ...losses, ...groupLosses(workspace, split)],
    notes: [
      'Each line goes into io.max of the VM’s cgroup by itself, without the comment.',
      ...freeDevicesNote(workspace, 'no line is needed.'),
      SCOPE_NOTE,
    ],
  })
}

function groupLosses(workspace: Workspace, split: Split): readonly Loss[] {
  const sayable = (group: string) => saysAnything(splitTotals(workspace.groups[group] ?? {}, split))
  const said: Workspace = {
    ...workspace,
    groups: Object.fromEntries(Object.entries(workspace.groups).filter(([group]) => sayable(group))),
  }
  return [
    ...lostGroups(workspace, 'io.max'),
    ...unsharedGroups(said, 'io.max'),
    ...Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
      if (groupMembers(workspace, group).length === 0 || !hasAnyLimit(limits)) return []
      const says = (key: LimitKey) =>
        IO_MAX_KEYS.has(key) || (split !== 'no' && (key === 'bps-total' || key === 'iops-total'))
      const whole: readonly Loss[] = sayable(group)
        ? []
        : [
            {
              path: formatPath(['groups', group]),
              kind: 'dropped',
              message: `${group} has totals only; say how to split them, or it is lost`,
            },
          ]
      return [
        ...whole,
        ...splitLosses(group, limits, split, 'io.max'),
        ...droppedLimits(limits, ['groups', group], 'io.max', says),
      ]
    }),
  ]
}

export const ioMax: Format = {
  id: 'io-max',
  title: 'cgroup io.max',
  family: 'Others',
  direction: 'both',
  fileExtension: '.io-max.txt',
  note: 'limits on the host, below QEMU: no bursts, no totals, no groups',
  options: [
    SPLIT_OPTION,
    { key: 'numbers', label: 'Disks', help: 'DEVICE=MAJ:MIN, …', kind: 'text', choices: [], preset: '' },
  ],
  write: writeIoMax,
  read: readIoMax,
  detect: detectIoMax,
}
