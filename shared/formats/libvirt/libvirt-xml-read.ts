import { failed, type Issue, type Result } from '#shared/issue.ts'
import { equalLimits, hasAnyLimit, type LimitKey, type Limits } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { keysByName, LIBVIRT_KEYS } from '../limit-names.ts'
import { listNames } from '../losses.ts'
import { draftOf, finishMachines, freeMachineName, type Machines, newMachines } from '../machines.ts'
import { readQemuWords } from '../qemu/qemu-args-read.ts'
import { checkText } from '../text/guard.ts'
import { childOf, childrenOf, findElements, parseXml, type XmlElement } from '../text/xml.ts'
import { domainTexts, withoutTerminal } from './domain-texts.ts'
import { readSnapshot } from './libvirt-snapshot-read.ts'
import { reportStrays } from './libvirt-xml-strays.ts'

// A whole libvirt domain, as `virsh dumpxml` prints it, or a piece of one around its disks.

const KEYS = keysByName(LIBVIRT_KEYS)

export function readLibvirtXml(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'structured')
  if (!checked.ok) return checked
  const machines = newMachines(checked.value)
  const without: Issue[] = []
  let roots = 0
  for (const each of domainTexts(withoutTerminal(checked.value))) {
    const parsed = parseXml(each)
    if (!parsed.ok) return parsed
    const domains = findElements(parsed.value, 'domain')
    for (const root of domains.length > 1 ? domains : [parsed.value]) {
      roots += 1
      without.push(
        ...(root.name === 'domainsnapshot' ? readSnapshot(machines, root, readRoot) : readDomain(machines, root)),
      )
    }
  }
  // Of several domains some may have no disks.
  if (without.length === roots) return failed(without.slice(0, 1))
  return finishMachines(machines, options)
}

function readDomain(machines: Machines, root: XmlElement): readonly Issue[] {
  return readRoot(draftOfRoot(machines, root), root)
}

function draftOfRoot(machines: Machines, root: XmlElement): Draft {
  if (root.name !== 'domain') return machines.common
  const name = childOf(root, 'name')?.text.trim() ?? ''
  if (name !== '' && !machines.drafts.has(name)) return draftOf(machines, name)
  const free = freeMachineName(machines, name === '' ? 'domain' : name)
  return draftOf(machines, free)
}

function readRoot(draft: Draft, root: XmlElement): readonly Issue[] {
  const disks =
    root.name === 'disk' ? [root] : findElements(root, 'disk').filter((disk) => childOf(disk, 'target') !== null)
  // What `<qemu:commandline>` adds is QEMU's own, and libvirt knows nothing of it.
  const words = qemuWords(root)
  if (disks.length === 0 && words.length === 0 && findElements(root, 'throttlegroup').length === 0) {
    const message = `there is no <disk> with a <target> in this <${root.name}>`
    return [{ path: root.name, code: 'nothing-found', message }]
  }
  draft.name = childOf(root, 'name')?.text.trim() ?? null
  reportStrays(draft, root)
  for (const group of findElements(root, 'throttlegroup')) readThrottleGroup(draft, group)
  const left: string[] = []
  for (const disk of disks) if (!readDisk(draft, disk)) left.push(targetOf(disk))
  if (left.length > 0)
    draft.notes.push(
      `${listNames(left)} ${left.length === 1 ? 'is not a disk that is throttled' : 'are not disks that are throttled'} (CD-ROM, floppy); left out.`,
    )
  for (const element of findElements(root, 'blkiotune')) reportBlkiotune(draft, element)
  if (words.length > 0) readQemuWords(draft, words, 'qemu:commandline ')
  return []
}

const QEMU_NAMESPACE = 'http://libvirt.org/schemas/domain/qemu/1.0'

/** Below QEMU's `commandline`, whatever prefix the text gives to its namespace; a piece of a domain declares none. */
function qemuWords(element: XmlElement, outer: Readonly<Record<string, string>> = {}): readonly string[] {
  const declared = { ...outer, ...element.attributes }
  const [, prefix = '', local] = /^(?:(.*):)?(commandline)$/.exec(element.name) ?? []
  if (local === undefined) return element.children.flatMap((child) => qemuWords(child, declared))
  const namespace = declared[prefix === '' ? 'xmlns' : `xmlns:${prefix}`]
  if (namespace !== QEMU_NAMESPACE && (prefix !== 'qemu' || namespace !== undefined)) return []
  return element.children.flatMap(({ name, attributes }) => (/(^|:)arg$/.test(name) ? [attributes.value ?? ''] : []))
}

function targetOf(disk: XmlElement): string {
  return childOf(disk, 'target')?.attributes.dev ?? 'disk'
}

/** The limits of an `<iotune>` or `<throttlegroup>`; what is no limit is reported. */
function readLimits(draft: Draft, element: XmlElement, path: string): Limits {
  const limits: Partial<Record<LimitKey, number>> = {}
  for (const child of element.children) {
    const key = KEYS.get(child.name)
    const value = child.text.trim()
    if (child.name === 'group_name') continue
    if (key !== undefined && limits[key] !== undefined) reportSecond(draft, path, child, limits[key])
    else if (key === undefined) notUnderstood(draft, path, `<${child.name}> is not a limit that Weir knows`)
    else if (/^\d+$/.test(value)) limits[key] = Number(value)
    else notUnderstood(draft, path, `<${child.name}> holds ${JSON.stringify(value.slice(0, 40))}, not a whole number`)
  }
  return limits
}

/** libvirt takes the first of several. */
function reportSecond(draft: Draft, path: string, { name, text }: XmlElement, kept: number): void {
  const value = text.trim().slice(0, 40)
  if (value === String(kept)) return
  const message = `<${name}> is given twice; libvirt takes the first: ${kept} is kept, ${value} is left out`
  draft.losses.push({ path, kind: 'dropped', message, from: value })
}

function readThrottleGroup(draft: Draft, element: XmlElement): void {
  const name = childOf(element, 'group_name')?.text ?? null
  if (name === null || name === '') notUnderstood(draft, 'throttlegroup', 'it has no <group_name>')
  else if (draft.groups.has(name))
    notUnderstood(draft, `throttlegroup ${name}`, 'a second one of this name; libvirt refuses the domain')
  else draft.groups.set(name, readLimits(draft, element, `throttlegroup ${name}`))
}

/** false: something without a disk in it and without limits. */
function readDisk(draft: Draft, disk: XmlElement): boolean {
  const target = targetOf(disk)
  const alias = childOf(disk, 'alias')?.attributes.name ?? null
  const own = alias?.startsWith('ua-') ? alias.slice('ua-'.length) : null
  const id = own ?? target
  const iotune = childOf(disk, 'iotune')
  const filters = findElements(disk, 'throttlefilter').map((filter) => filter.attributes.group ?? '')
  const kind = disk.attributes.device ?? 'disk'
  if (!['disk', 'lun'].includes(kind) && !iotune && filters.length === 0) return false
  const bus = childOf(disk, 'target')?.attributes.bus ?? null
  const [outermost, ...inner] = filterGroups(draft, filters, id)
  if (iotune && filters.length > 0) {
    const message = `the limits here are left out: block 'throttlefilters' can't be used together with 'iotune', so libvirt refuses the domain`
    notUnderstood(draft, `${target} iotune`, message)
  }
  const group = outermost ?? (iotune && filters.length === 0 ? iotuneGroup(draft, iotune, id, target) : null)
  draft.devices.push({
    id,
    group,
    inner,
    qemu: {
      ...(alias === null ? {} : { qdev: bus === 'virtio' ? `/machine/peripheral/${alias}/virtio-backend` : alias }),
      ...(group === null ? {} : { style: filters.length > 0 ? ('filter' as const) : ('legacy' as const) }),
    },
  })
  return true
}

/** Filters form a chain, the first one nearest the disk. */
function filterGroups(draft: Draft, filters: readonly string[], id: string): readonly string[] {
  const groups = [...filters].reverse()
  for (const group of new Set(groups)) {
    if (draft.groups.has(group)) continue
    draft.groups.set(group, {})
    notUnderstood(draft, id, `there is no <throttlegroup> named ${group}; taken as unlimited`)
  }
  return groups
}

/** Bursts, lengths and a size that stand alone limit nothing, and QEMU says why. */
function reportBaseless(draft: Draft, limits: Limits, path: string): void {
  const { text } = firstBreach(limits) ?? {}
  for (const [key, value] of Object.entries(limits) as [LimitKey, number][]) {
    if (value === 0) continue
    const why = text ?? 'it limits nothing without a rate'
    const message = `<${LIBVIRT_KEYS[key]}> ${draft.huge.get(value) ?? value} is left out: ${why}`
    draft.losses.push({ path, kind: 'dropped', message, from: value })
  }
}

/** An <iotune> without a name is a group of its own, which libvirt names after the disk's alias. */
function iotuneGroup(draft: Draft, iotune: XmlElement, id: string, target: string): string | null {
  const limits = readLimits(draft, iotune, `${target} iotune`)
  const name = childOf(iotune, 'group_name')?.text ?? ''
  if (!hasAnyLimit(limits)) {
    reportBaseless(draft, limits, `${target} iotune`)
    if (name !== '') draft.notes.push(`${target} names the group ${name} without any limit; it is not throttled.`)
    return null
  }
  const group = name === '' ? id : name
  const known = draft.groups.get(group)
  if (known && !equalLimits(known, limits)) {
    notUnderstood(
      draft,
      `${target} iotune`,
      `its limits differ from those of the other disks in ${group}; the last disk’s are kept, as in QEMU`,
    )
  }
  draft.groups.set(group, limits)
  return group
}

function reportBlkiotune(draft: Draft, element: XmlElement): void {
  const devices = childrenOf(element, 'device').map((device) => childOf(device, 'path')?.text ?? 'a device')
  notUnderstood(
    draft,
    'blkiotune',
    `weights and limits of the host’s cgroup${devices.length === 0 ? '' : ` for ${listNames(devices)}`} are not throttle groups; read the cgroup’s io.max instead`,
  )
}

export function detectLibvirtXml(text: string): number {
  const head = withoutTerminal(text.slice(0, 16_384))
  if (!/^[\s\uFEFF]*</.test(head)) return 0
  if (/<domain[\s>]/.test(head)) return 0.95
  return /<(disk|iotune|throttlegroups|domainsnapshot|domstatus)[\s>]/.test(head) ? 0.8 : 0.3
}
