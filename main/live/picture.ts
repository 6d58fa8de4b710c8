import type { LegacyTarget } from '#shared/qemu/qmp-commands.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'

// What one look at a QEMU shows of its throttling. Names are Weir's where a workspace needs them, with QEMU's beside.
//
//   guest's disk ── backend (own limits: style legacy) ── filter ── filter ── … ── node of the disk
//                   query-block shows them               node names, groups by json: file name
//
// A disk may be held by several groups at once: they are its chain, the guest's side first, by its own limits and then by
// each filter on the way. Filters stay as long as the disk does; only its own limits come and go.

export interface Picture {
  readonly disks: readonly PictureDisk[]
  /** In the order in which their first disk comes, then those without disks. */
  readonly groups: readonly PictureGroup[]
  /** What QEMU does not report, in sentences. */
  readonly unknown: readonly string[]
  /** qemu-storage-daemon: no device limits, no counters. */
  readonly daemon: boolean
  /** QEMU's word of query-status: `running`, `paused`, `postmigrate`; null: it does not tell. */
  readonly status: string | null
  /** Whose waiting requests a `blockdev-reopen` lets go. */
  readonly reopenDrains: ReopenDrains
  /** The VM is reached through libvirt, which also changes it. */
  readonly libvirt?: LibvirtFacts
  /** The VM is reached through Proxmox, which also changes it. */
  readonly proxmox?: ProxmoxFacts
}

export interface ProxmoxFacts {
  readonly vmid: string
  /** Changes go by `qm set` into the VM's configuration too. Otherwise by QMP, into what runs alone. */
  readonly writesConfig: boolean
  /** By slot (`scsi0`), as the VM was started and changed since. */
  readonly current: Readonly<Record<string, ProxmoxStored>>
  /** By slot, as the next start has them: with the changes that wait for it. */
  readonly next: Readonly<Record<string, ProxmoxStored>>
}

export interface ProxmoxStored {
  /** The parts of the setting that are no limits, as they stand. */
  readonly kept: readonly string[]
  readonly limits: Limits
}

/** Of the reopened disk, in QEMU 7.2; of the whole VM, in 10.0 and newer. Since when is not known: `unknown` between. */
export type ReopenDrains = 'its-disk' | 'unknown' | 'whole-vm'

export interface LibvirtFacts {
  readonly uri: string
  /** The domain as virsh is told it: its name, or its UUID where virsh would take the name for another one's ID. */
  readonly domain: string
  /** Changes go into the domain's stored configuration too, so that they survive its next start. */
  readonly writesConfig: boolean
  /** libvirt's live XML: what it would send again. */
  readonly stored: LibvirtStored
  /** null: the domain is transient and has no next start. */
  readonly next: LibvirtStored | null
}

/** What a domain's XML says, by libvirt's own names. */
export interface LibvirtStored {
  /** By target. An <iotune> without a name has the group null. */
  readonly disks: Readonly<
    Record<
      string,
      {
        readonly iotune: { readonly group: string | null; readonly limits: Limits } | null
        /** The guest's side first. */
        readonly filters: readonly string[]
      }
    >
  >
  /** <throttlegroups>. */
  readonly groups: Readonly<Record<string, Limits>>
}

export interface PictureGroup {
  /** A name that a workspace can hold; the same as QEMU's but for odd ones. */
  readonly name: string
  readonly qemuName: string
  /** Made by object-add: lives without members, limits by qom-get and qom-set. */
  readonly isObject: boolean
  /** null: QEMU does not report (a group that only filters are in, and that has no object). */
  readonly limits: Limits | null
}

export interface PictureDisk {
  /** -drive id, else qdev id, else node name. */
  readonly id: string
  /** Weir's names of the groups that hold it, the guest's side first; one that is not told is left out. */
  readonly groups: readonly string[]
  /** How the outermost of them holds it; of a free disk, how it would join one. */
  readonly style: 'legacy' | 'filter'
  /** False: QEMU shows no limits and takes none, though it keeps them for the next medium. */
  readonly medium: boolean
  readonly sizeBytes: number | null
  readonly drive: string | null
  readonly qdev: string | null
  /** For block_set_io_throttle; null: it has no backend with a name. */
  readonly target: LegacyTarget | null
  /** Node below all filters. */
  readonly node: string | null
  /** Outermost first. */
  readonly filters: readonly PictureFilter[]
  /** Finds its counters in `query-blockstats`; null: nothing counts its requests. */
  readonly countersKey: string | null
  /** By whom alone it may be changed; absent: by anybody with a monitor. */
  readonly managedBy?: 'libvirt' | 'proxmox'
}

export interface PictureFilter {
  readonly node: string
  /** Weir's name; null: not told. */
  readonly group: string | null
  /** Node below; null: not known, so it cannot be moved. */
  readonly file: string | null
  /** Options that a reopen must repeat, or they fall back to their defaults. */
  readonly keep: Readonly<Record<string, unknown>>
}

/** A filter whose group is known: a level of its disk's chain. */
export type FilterLevel = PictureFilter & { readonly group: string }

/** The group of the disk's backend, by limits of its own (`block_set_io_throttle`); null: none. */
export function backendGroup(disk: PictureDisk): string | null {
  return disk.style === 'legacy' ? outermostGroup(disk) : null
}

/** The levels of a disk's chain below its own limits. */
export function filterLevels(disk: PictureDisk): readonly FilterLevel[] {
  return disk.filters.flatMap((filter) => (filter.group === null ? [] : [{ ...filter, group: filter.group }]))
}

/** The chain of a disk with limits of its own in `own` and with these filters on its way. */
export function chainThrough(own: string | null, filters: readonly PictureFilter[]): readonly string[] {
  return [own, ...filters.map(({ group }) => group)].filter((group) => group !== null)
}

/** The groups of disks: those on the guest's side in the order of the disks, then those further in. */
export function groupsInOrder(disks: readonly PictureDisk[]): ReadonlySet<string> {
  return new Set([...disks.flatMap((disk) => outermostGroup(disk) ?? []), ...disks.flatMap(({ groups }) => groups)])
}

/** The same, for changes that the next start of a libvirt domain shall not have. */
export function withoutConfig(picture: Picture): Picture {
  const { libvirt, proxmox } = picture
  if (proxmox) return { ...picture, proxmox: { ...proxmox, writesConfig: false } }
  return libvirt ? { ...picture, libvirt: { ...libvirt, writesConfig: false } } : picture
}

export function findGroup(picture: Picture, name: string | null): PictureGroup | undefined {
  return name === null ? undefined : picture.groups.find((group) => group.name === name)
}

export function findDisk(picture: Picture, id: string): PictureDisk | undefined {
  return picture.disks.find((disk) => disk.id === id)
}

/** Why nothing is known of the limits of a disk without a medium. */
export function noMediumWords(disk: string): string {
  return `${disk} has no medium: QEMU shows no limits then, though it keeps them for the next one.`
}

/** What a disk's figures are kept by, from look to look: what QEMU counts by, whatever the disk is called. */
export function figuresKey({ countersKey, id }: Pick<PictureDisk, 'countersKey' | 'id'>): string {
  return countersKey === null ? `uncounted ${id}` : `counted ${countersKey}`
}
