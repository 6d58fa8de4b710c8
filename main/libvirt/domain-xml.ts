import { EngineError } from '#main/engine-error.ts'
import { keysByName, LIBVIRT_KEYS } from '#shared/formats/limit-names.ts'
import { childOf, findElements, parseXml, type XmlElement } from '#shared/formats/text/xml.ts'
import { hasAnyLimit, type LimitKey, type Limits } from '#shared/throttle/limits.ts'
import { libvirtLimitsOf } from './virsh-answers.ts'

// What a domain's XML says of its disks: what libvirt stored, live or for the next start. What QEMU holds may differ.

const KEYS = keysByName(LIBVIRT_KEYS)

export interface DomainXml {
  readonly name: string
  readonly uuid: string
  /** Of this run, as libvirt counts them; null: it does not run. */
  readonly id: string | null
  readonly title: string | null
  readonly disks: readonly DomainDisk[]
  /** <throttlegroups>, of libvirt 11.2 and newer. */
  readonly groups: Readonly<Record<string, Limits>>
}

export interface DomainDisk {
  /** `vda`: libvirt's own name of it. */
  readonly target: string
  readonly kind: string
  /** QEMU's name of it; null: the domain does not run. */
  readonly qdev: string | null
  /** False: an empty CD-ROM or floppy. */
  readonly medium: boolean
  /** <iotune>; its group is null when it has no name, which is a group of its own. null: none, or without any limit. */
  readonly iotune: { readonly group: string | null; readonly limits: Limits } | null
  /** Groups of its <throttlefilters>, the guest's side first. */
  readonly filters: readonly string[]
}

/** Throws EngineError if it is not a domain's XML. */
export function readDomainXml(text: string): DomainXml {
  const parsed = parseXml(text.trim())
  if (!parsed.ok || parsed.value.name !== 'domain') {
    throw new EngineError('libvirt-refused', 'libvirt’s XML of the domain cannot be read.', '')
  }
  const root = parsed.value
  const textOf = (name: string) => childOf(root, name)?.text.trim() ?? ''
  const groups = findElements(root, 'throttlegroup').flatMap((element): [string, Limits][] => {
    const name = childOf(element, 'group_name')?.text ?? ''
    return name === '' ? [] : [[name, limitsOf(element)]]
  })
  return {
    name: textOf('name'),
    uuid: textOf('uuid'),
    id: root.attributes.id ?? null,
    title: textOf('title') || null,
    disks: findElements(root, 'disk').flatMap(readDisk),
    groups: Object.fromEntries(groups),
  }
}

function readDisk(disk: XmlElement): readonly DomainDisk[] {
  const { dev, bus } = childOf(disk, 'target')?.attributes ?? {}
  if (dev === undefined) return []
  const alias = childOf(disk, 'alias')?.attributes.name
  const source = childOf(disk, 'source')
  const iotune = childOf(disk, 'iotune')
  const limits = iotune === null ? {} : limitsOf(iotune)
  const group = iotune === null ? '' : (childOf(iotune, 'group_name')?.text ?? '')
  return [
    {
      target: dev,
      kind: disk.attributes.device ?? 'disk',
      qdev: alias === undefined ? null : bus === 'virtio' ? `/machine/peripheral/${alias}/virtio-backend` : alias,
      medium: source !== null && Object.keys(source.attributes).some((key) => key !== 'index'),
      iotune: hasAnyLimit(limits) ? { group: group === '' ? null : group, limits } : null,
      // libvirt puts the first one next to the disk.
      filters: findElements(disk, 'throttlefilter')
        .flatMap(({ attributes }) => attributes.group ?? [])
        .reverse(),
    },
  ]
}

function limitsOf(element: XmlElement): Limits {
  const limits = element.children.flatMap(({ name, text }): [LimitKey, number][] => {
    const key = KEYS.get(name)
    return key !== undefined && /^\s*\d+\s*$/.test(text) ? [[key, Number(text)]] : []
  })
  return libvirtLimitsOf(limits)
}

/** What virsh takes for the domain: by a name of digits alone it would find another one that has this ID. */
export function wordOf({ name, uuid }: DomainXml): string {
  return isTakenForId(name) ? uuid : name
}

export function isTakenForId(name: string): boolean {
  return /^\d+$/.test(name)
}
