import { failed, ok, type Result } from '#shared/issue.ts'
import {
  BUCKETS,
  hasAnyLimit,
  LIMIT_KEYS,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
} from '#shared/throttle/limits.ts'
import { innermostGroup, isIn } from '#shared/workspace/chain.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { type Format, type Loss, styleOption, type WriteOptions, type Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { VIRSH_KEYS } from '../limit-names.ts'
import { emptyGroups, freeDevicesNote, limitlessGroups, listNames, SCOPE_NOTE } from '../losses.ts'
import { named } from '../qemu/qemu-names.ts'
import { unknownStyle } from '../qemu/qmp.ts'
import { shellQuote } from '../text/shell-quoting.ts'
import { groupTexts, isLibvirtStyle, LIBVIRT_STYLES, libvirtLimitLosses, libvirtLimits } from './libvirt-xml.ts'
import { detectVirsh, readVirsh } from './virsh-read.ts'
import { type Target, targetLosses, targetsOf, UNKNOWN_TARGET } from './virsh-targets.ts'

// virsh commands. blkdeviotune always gets the full set: setting one value would reset the others of its category.

function blkdeviotune(
  { device, target }: Target,
  workspace: Workspace,
  groups: ReadonlyMap<string, string>,
  vm: string,
): string {
  const own = innermostGroup(device)
  const limits = libvirtLimits(limitsOfInnermost(workspace, device))
  const values = LIMIT_KEYS.map((key) => `${VIRSH_KEYS[key]} ${virshValue(limits, key)}`)
  const group = own === null || !hasAnyLimit(limits) ? [] : [virshOption('--group-name', named(groups, own))]
  const disk = target === null ? UNKNOWN_TARGET : target
  const line = ['virsh blkdeviotune', virshName('--domain', vm), virshName('--device', disk), ...values, ...group]
  return `${target === null ? '# ' : ''}${line.join(' ')}`
}

/** A word that begins with `-` is taken for an option unless it stands behind the option's `=`. */
function virshName(option: string, value: string): string {
  return value.startsWith('-') ? shellQuote(`${option}=${value}`) : shellQuote(value)
}

function virshOption(option: string, value: string): string {
  return value.startsWith('-') ? shellQuote(`${option}=${value}`) : `${option} ${shellQuote(value)}`
}

/** A length beside no burst is an error to libvirt; 0 clears what was there. */
function virshValue(limits: Limits, key: LimitKey): number {
  const bucket = BUCKETS.find((each) => lengthKey(each) === key)
  return bucket !== undefined && limitOf(limits, maxKey(bucket)) === 0 ? 0 : limitOf(limits, key)
}

function domthrottlegroupset(workspace: Workspace, groups: ReadonlyMap<string, string>, vm: string): readonly string[] {
  return Object.entries(workspace.groups).map(([group, found]) => {
    const limits = libvirtLimits(found)
    const set = LIMIT_KEYS.filter((key) => limitOf(limits, key) > (key.endsWith('-length') ? 1 : 0))
    // libvirt 12.9 keeps a group without any limit, too.
    const values = (set.length === 0 ? (['iops-total'] as const) : set).map(
      (key) => `${VIRSH_KEYS[key]} ${limitOf(limits, key)}`,
    )
    const words = [virshName('--domain', vm), virshName('--group-name', named(groups, group)), ...values]
    return ['virsh domthrottlegroupset', ...words].join(' ')
  })
}

function writeVirsh(workspace: Workspace, options: WriteOptions): Result<Written> {
  const style = options.style ?? 'iotune'
  if (!isLibvirtStyle(style)) return failed([unknownStyle(style, LIBVIRT_STYLES)])
  const vm = (options.vm ?? '').trim() === '' ? workspace.name : (options.vm ?? '').trim()
  const found = targetsOf(workspace, options.targets)
  if (!found.ok) return found
  const targets = found.value
  const placed = { ...workspace, devices: targets.flatMap(({ device, target }) => (target === null ? [] : [device])) }
  const { groups, losses } = groupTexts(workspace, style)
  if (style === 'throttlegroups') {
    const attached = attachments(workspace, targets, groups)
    return ok({
      text: domthrottlegroupset(workspace, groups, vm)
        .map((line) => `${line}\n`)
        .join(''),
      losses: [
        ...losses,
        ...libvirtLimitLosses(workspace),
        ...passedLimitless(workspace),
        ...(attached.length === 0
          ? []
          : [
              {
                path: 'devices',
                kind: 'dropped' as const,
                message: `which groups a disk passes through is said where it is attached (<throttlefilters>, or attach-disk --throttle-groups; the first is nearest the disk): ${attached.join('; ')}`,
              },
            ]),
      ],
      notes: [
        'Needs libvirt 11.2. A group can be deleted only when no disk refers to it.',
        ...freeDevicesNote(workspace, 'no command is needed.'),
        SCOPE_NOTE,
      ],
    })
  }
  return ok({
    text: targets.map((each) => `${blkdeviotune(each, workspace, groups, vm)}\n`).join(''),
    losses: [
      ...lostLevels(workspace, 'virsh blkdeviotune'),
      ...targetLosses(targets),
      ...losses,
      ...libvirtLimitLosses(workspace),
      ...emptyGroups(placed, 'virsh names a group only with a disk in it'),
      ...limitlessGroups(placed, 'virsh blkdeviotune with all zeros takes a disk out of its group'),
    ],
    notes: ['Add --live, --config or both; without them the command changes what is current.', SCOPE_NOTE],
  })
}

/** What each disk that passes groups is to be attached with: `vda slow,vmcap`. */
function attachments(
  workspace: Workspace,
  targets: readonly Target[],
  groups: ReadonlyMap<string, string>,
): readonly string[] {
  return targets.flatMap(({ device, target }) => {
    const limited = device.groups.filter((group) => hasAnyLimit(workspace.groups[group] ?? {}))
    const names = limited.map((group) => named(groups, group)).reverse()
    return names.length === 0 ? [] : [`${target ?? device.id} ${names.join(',')}`]
  })
}

/** libvirt 12.9 defines such a disk, makes no group of QEMU's for it, and QEMU does not start. */
function passedLimitless(workspace: Workspace): readonly Loss[] {
  return Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
    const members = workspace.devices.filter((device) => isIn(device, group))
    if (hasAnyLimit(limits) || members.length === 0) return []
    const message = `${group} has no limits. libvirt accepts it in <throttlefilters>, but the VM then does not start: leave it out for ${listNames(members.map(({ id }) => id))}`
    return [{ path: 'devices', kind: 'dropped', message }]
  })
}

export const virsh: Format = {
  id: 'virsh',
  title: 'virsh',
  family: 'libvirt',
  direction: 'both',
  fileExtension: '.sh',
  note: 'complete commands: what they do not name would be reset',
  options: [
    styleOption('Which commands carry the limits.', {
      iotune: 'blkdeviotune',
      throttlegroups: 'domthrottlegroupset (libvirt 11.2)',
    }),
    { key: 'vm', label: 'Domain', help: 'Name of the domain', kind: 'text', choices: [], preset: '' },
    {
      key: 'targets',
      label: 'Targets',
      help: 'db=vda,log=sdb, or what virsh domblklist or dumpxml prints',
      kind: 'text',
      choices: [],
      preset: '',
    },
  ],
  write: writeVirsh,
  read: readVirsh,
  detect: detectVirsh,
}
