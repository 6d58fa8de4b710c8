import {
  chainThrough,
  groupsInOrder,
  type LibvirtFacts,
  type LibvirtStored,
  noMediumWords,
  type Picture,
  type PictureDisk,
  type PictureGroup,
} from '#main/live/picture.ts'
import { weirNames } from '#main/live/weir-names.ts'
import { hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { type DomainDisk, type DomainXml, wordOf } from './domain-xml.ts'

/** What one look through libvirt found. */
export interface DomainViews {
  readonly uri: string
  readonly live: DomainXml
  /** null: the domain is transient, there is no next start. */
  readonly next: DomainXml | null
  /** Target → what QEMU holds, by blkdeviotune; a string: why libvirt does not tell. */
  readonly tunes: ReadonlyMap<string, { readonly limits: Limits; readonly group: string | null } | string>
  /** <throttlegroups> as they run. */
  readonly groups: Readonly<Record<string, Limits>>
  readonly sizes: ReadonlyMap<string, number | null>
}

/** The object that libvirt makes of a <throttlegroup>. */
export const objectOf = (group: string): string => `throttle-${group}`

export function readLibvirtPicture(views: DomainViews): Picture {
  const { live, tunes } = views
  const throttled = live.disks.flatMap((disk) => {
    const tune = tunes.get(disk.target)
    return typeof tune === 'object' && hasAnyLimit(tune.limits) ? [[disk, tune] as const] : []
  })
  const groupOf = new Map(throttled.map(([disk, { group }]) => [disk.target, group ?? groupOfUnnamed(disk)]))
  const iotunes = new Map(throttled.map(([disk, { limits }]) => [groupOf.get(disk.target) ?? '', limits]))
  // An <iotune> group and a <throttlegroup> of one name are two in QEMU.
  const objects = Object.keys(views.groups).map((name) => [name, iotunes.has(name) ? objectOf(name) : name] as const)
  const names = weirNames([...iotunes.keys(), ...objects.map(([, name]) => name)])
  const weirName = (name: string) => names.get(name) ?? name
  const objectName = new Map(objects.map(([name, shown]) => [name, weirName(shown)]))
  const disks = live.disks.map((disk): PictureDisk => {
    const iotune = groupOf.get(disk.target)
    const filters = disk.filters.map((group) => ({
      node: '',
      group: objectName.get(group) ?? null,
      file: null,
      keep: {},
    }))
    return {
      id: disk.target,
      groups: chainThrough(iotune === undefined ? null : weirName(iotune), filters),
      style: filters.length > 0 && iotune === undefined ? 'filter' : 'legacy',
      medium: disk.medium,
      sizeBytes: views.sizes.get(disk.target) ?? null,
      drive: null,
      qdev: disk.qdev,
      target: disk.qdev === null ? null : { id: disk.qdev },
      node: null,
      filters,
      countersKey: disk.target,
      managedBy: 'libvirt',
    }
  })
  const groups = [
    ...[...iotunes].map(
      ([name, limits]): PictureGroup => ({
        name: weirName(name),
        qemuName: name,
        isObject: false,
        limits,
      }),
    ),
    ...[...objectName].map(
      ([name, shown]): PictureGroup => ({
        name: shown,
        qemuName: name,
        isObject: true,
        limits: views.groups[name] ?? {},
      }),
    ),
  ]
  const order = groupsInOrder(disks)
  const sorted = [...order].flatMap((name) => groups.filter((group) => group.name === name))
  return {
    disks,
    groups: [...sorted, ...groups.filter(({ name }) => !order.has(name))],
    unknown: unknownThings(views),
    daemon: false,
    status: null,
    reopenDrains: 'unknown', // libvirt moves no filters, so nothing asks
    libvirt: factsOf(views),
  }
}

function factsOf({ uri, live, next }: DomainViews): LibvirtFacts {
  return {
    uri,
    domain: wordOf(live),
    writesConfig: next !== null,
    stored: storedOf(live),
    next: next === null ? null : storedOf(next),
  }
}

function unknownThings({ live, tunes }: DomainViews): readonly string[] {
  return live.disks.flatMap(({ target, medium }) => {
    const tune = tunes.get(target)
    if (!medium) return [noMediumWords(target)]
    return typeof tune === 'string' ? [`${target}: ${tune}`] : []
  })
}

function storedOf({ disks, groups }: DomainXml): LibvirtStored {
  const iotunes = disks.map(({ target, iotune, filters }) => [target, { iotune, filters }] as const)
  return { disks: Object.fromEntries(iotunes), groups }
}

/** An <iotune> without a name is a group that libvirt calls after the disk. */
function groupOfUnnamed({ qdev, target }: DomainDisk): string {
  return qdev?.replace('/machine/peripheral/', '').replace('/virtio-backend', '') ?? target
}
