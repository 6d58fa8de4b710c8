import { failed, ok, type Result } from '#shared/issue.ts'
import {
  BUCKETS,
  canonicalLimits,
  hasAnyLimit,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  MAX_RATE,
  maxKey,
} from '#shared/throttle/limits.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import { type Format, type Loss, styleOption, type WriteOptions, type Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { LIBVIRT_KEYS } from '../limit-names.ts'
import { emptyGroups, freeDevicesNote, limitlessGroups, SCOPE_NOTE } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { ANY_TEXT, mapNames, type NameRule, QEMU_OBJECT } from '../names.ts'
import { named } from '../qemu/qemu-names.ts'
import { unknownStyle } from '../qemu/qmp.ts'
import { escapeXml } from '../text/xml.ts'
import { type LibvirtDisk, libvirtDisks } from './libvirt-disks.ts'
import { detectLibvirtXml, readLibvirtXml } from './libvirt-xml-read.ts'

// A domain with nothing in it but the disks and their limits: valid as it stands, and to be copied from into a real one.

export const LIBVIRT_STYLES = {
  iotune: '<iotune> with group_name',
  throttlegroups: '<throttlegroups> and filters (libvirt 11.2)',
}

type LibvirtStyle = keyof typeof LIBVIRT_STYLES

export function isLibvirtStyle(style: string): style is LibvirtStyle {
  return Object.hasOwn(LIBVIRT_STYLES, style)
}

/** libvirt makes a <throttlegroup> the QEMU object `throttle-NAME`, so that only the letters of QEMU's identifiers will do. */
const THROTTLE_GROUP: NameRule = { ...QEMU_OBJECT, legal: /^[A-Za-z0-9._-]+$/, reserved: new Set() }

/** Group names as libvirt can carry them, and a report of those that had to change. */
export function groupTexts(
  workspace: Workspace,
  style: LibvirtStyle,
): {
  readonly groups: ReadonlyMap<string, string>
  readonly losses: readonly Loss[]
} {
  const groups = mapNames(Object.keys(workspace.groups), style === 'iotune' ? ANY_TEXT : THROTTLE_GROUP, new Set())
  const losses = [...groups].flatMap(([from, to]): readonly Loss[] =>
    from === to || (style === 'iotune' && groupMembers(workspace, from).length === 0)
      ? []
      : [
          {
            path: formatPath(['groups', from]),
            kind: 'renamed',
            message: `libvirt does not allow the name ${JSON.stringify(from)}; it becomes ${to}`,
            from,
            to,
          },
        ],
  )
  return { groups, losses }
}

/** As libvirt itself prints them; its schema, read by libxml2, takes no other order of some combinations. */
const RATES: readonly LimitKey[] = [...BUCKETS, ...BUCKETS.map(maxKey), 'iops-size']
const LENGTHS: readonly LimitKey[] = BUCKETS.map(lengthKey)

/** libvirt holds the size to QEMU's limit of rates, QEMU itself does not. */
export function libvirtLimits(limits: Limits): Limits {
  return limitOf(limits, 'iops-size') > MAX_RATE ? { ...limits, 'iops-size': MAX_RATE } : limits
}

export function libvirtLimitLosses(workspace: Workspace): readonly Loss[] {
  return Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
    const from = limitOf(limits, 'iops-size')
    if (from <= MAX_RATE) return []
    const message = `libvirt takes no size above ${MAX_RATE}; ${from} is cut to that`
    return [{ path: formatPath(['groups', group, 'iops-size']), kind: 'rounded', message, from, to: MAX_RATE }]
  })
}

/** The content of an `<iotune>` or a `<throttlegroup>`. */
function tuneLines(limits: Limits, group: string, indent: string): readonly string[] {
  const set = canonicalLimits(libvirtLimits(limits))
  const lines = (keys: readonly LimitKey[]) =>
    keys
      .filter((key) => set[key] !== undefined)
      .map((key) => `${indent}<${LIBVIRT_KEYS[key]}>${limitOf(set, key)}</${LIBVIRT_KEYS[key]}>`)
  return [...lines(RATES), `${indent}<group_name>${escapeXml(group)}</group_name>`, ...lines(LENGTHS)]
}

function diskLines(
  disk: LibvirtDisk,
  workspace: Workspace,
  groups: ReadonlyMap<string, string>,
  style: LibvirtStyle,
): readonly string[] {
  const { device } = disk
  const own = innermostGroup(device)
  const limits = limitsOfInnermost(workspace, device)
  const throttled = hasAnyLimit(limits)
  const group = own === null ? '' : named(groups, own)
  const iotune = ['      <iotune>', ...tuneLines(limits, group, '        '), '      </iotune>']
  // The first is nearest the disk.
  const limited = [...device.groups].reverse().filter((each) => hasAnyLimit(workspace.groups[each] ?? {}))
  const filters = [
    '      <throttlefilters>',
    ...limited.map((each) => `        <throttlefilter group='${escapeXml(named(groups, each))}'/>`),
    '      </throttlefilters>',
  ]
  const path = device.disk.kind === 'file' ? device.disk.path : undefined
  return [
    `    <disk type='file' device='disk'>`,
    `      <source file='${escapeXml(path?.startsWith('/') ? path : imageOf(disk))}'/>`,
    `      <target dev='${disk.target}' bus='${disk.bus}'/>`,
    ...(style === 'iotune' ? (throttled ? iotune : []) : limited.length > 0 ? filters : []),
    ...(disk.alias === null ? [] : [`      <alias name='${disk.alias}'/>`]),
    '    </disk>',
  ]
}

/** libvirt defines no disk without a source; where the workspace names none, this stands for it. */
function imageOf(disk: LibvirtDisk): string {
  return `/var/lib/libvirt/images/${disk.alias?.slice('ua-'.length) ?? disk.target}.img`
}

function throttleGroupLines(workspace: Workspace, groups: ReadonlyMap<string, string>): readonly string[] {
  const limited = Object.entries(workspace.groups).filter(([, limits]) => hasAnyLimit(limits))
  if (limited.length === 0) return []
  return [
    '  <throttlegroups>',
    ...limited.flatMap(([group, limits]) => [
      '    <throttlegroup>',
      ...tuneLines(limits, named(groups, group), '      '),
      '    </throttlegroup>',
    ]),
    '  </throttlegroups>',
  ]
}

interface DomainName {
  readonly name: string
  readonly losses: readonly Loss[]
}

/** Any text will do, but that libvirt keeps the domain in a file of this name, and that XML must carry it. */
function domainName(workspace: Workspace, options: WriteOptions): DomainName {
  const isAsked = (options.vm ?? '').trim() !== ''
  const from = isAsked ? (options.vm ?? '') : workspace.name
  const name = from.replaceAll('/', '-').replace(ANY_TEXT.illegal, '-')
  if (name.trim() === '') return { name: 'weir', losses: [] }
  if (name === from) return { name, losses: [] }
  const message = `libvirt does not allow the name ${JSON.stringify(from)}; it becomes ${name}`
  return { name, losses: [{ path: isAsked ? 'vm' : 'name', kind: 'renamed', message, from, to: name }] }
}

function writeLibvirtXml(workspace: Workspace, options: WriteOptions): Result<Written> {
  const style = options.style ?? 'iotune'
  if (!isLibvirtStyle(style)) return failed([unknownStyle(style, LIBVIRT_STYLES)])
  const domain = domainName(workspace, options)
  const { disks, losses } = libvirtDisks(workspace)
  const { groups, losses: groupLosses } = groupTexts(workspace, style)
  const lines = [
    `<domain type='qemu'>`,
    `  <name>${escapeXml(domain.name)}</name>`,
    `  <memory unit='MiB'>512</memory>`,
    '  <os>',
    `    <type>hvm</type>`,
    '  </os>',
    ...(style === 'throttlegroups' ? throttleGroupLines(workspace, groups) : []),
    '  <devices>',
    ...disks.flatMap((disk) => diskLines(disk, workspace, groups, style)),
    '  </devices>',
    '</domain>',
  ]
  const what = style === 'iotune' ? '<iotune>' : '<throttlegroup>'
  return ok({
    text: `${lines.join('\n')}\n`,
    losses: [
      ...domain.losses,
      ...losses,
      ...(style === 'iotune' ? lostLevels(workspace, what) : []),
      ...groupLosses,
      ...libvirtLimitLosses(workspace),
      ...(style === 'iotune' ? emptyGroups(workspace, '<iotune> names a group only on a disk that is in it') : []),
      ...limitlessGroups(workspace, `${what} without any limit says nothing`),
      ...(style === 'throttlegroups' ? limitlessEmptyGroups(workspace) : []),
    ],
    notes: [
      `Copy the ${style === 'iotune' ? '<iotune> of each disk' : '<throttlegroups> and each disk’s <throttlefilters>'} into your domain (virsh edit); the rest, <source> too, is there to be valid.`,
      ...(style === 'iotune' ? ['A running VM shows these limits over QMP, not on its command line.'] : []),
      ...freeDevicesNote(workspace, 'no element is needed.'),
      SCOPE_NOTE,
    ],
  })
}

function limitlessEmptyGroups(workspace: Workspace): readonly Loss[] {
  return emptyGroups(workspace, 'a <throttlegroup> needs a limit').filter((loss) =>
    Object.entries(workspace.groups).some(
      ([group, limits]) => !hasAnyLimit(limits) && formatPath(['groups', group]) === loss.path,
    ),
  )
}

export const libvirtXml: Format = {
  id: 'libvirt-xml',
  title: 'Domain XML',
  family: 'libvirt',
  direction: 'both',
  fileExtension: '.xml',
  note: 'limits by disk, for virsh edit or define',
  options: [
    styleOption('Which elements carry the limits.', LIBVIRT_STYLES),
    { key: 'vm', label: 'Domain', help: 'Name of the domain', kind: 'text', choices: [], preset: '' },
  ],
  write: writeLibvirtXml,
  read: readLibvirtXml,
  detect: detectLibvirtXml,
}
