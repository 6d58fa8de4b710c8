import type { LegacyTarget } from '#shared/qemu/qmp-commands.ts'
import type { Limits } from '#shared/throttle/limits.ts'

// What one look at a QEMU shows of its throttling. Names are Weir's where a workspace needs them, with QEMU's beside.
//
//   guest's disk ── backend (own limits: style legacy) ── filter ── filter ── … ── node of the disk
//                   query-block shows them               node names, groups by json: file name
//
// A disk may be held by several groups at once; the outermost is the one it is shown in, the others are told in `unknown`.

export interface Picture {
  readonly disks: readonly PictureDisk[]
  /** In the order in which their first disk comes, then those without disks. */
  readonly groups: readonly PictureGroup[]
  /** What QEMU does not tell, in sentences. */
  readonly unknown: readonly string[]
  /** qemu-storage-daemon: no device limits, no counters. */
  readonly daemon: boolean
  /** QEMU's word of query-status: `running`, `paused`, `postmigrate`; null: it does not tell. */
  readonly status: string | null
  /** The VM is reached through libvirt, which also changes it. */
  readonly libvirt?: LibvirtFacts
}

export interface LibvirtFacts {
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
  /** null: QEMU does not tell (a group that only filters are in, and that has no object). */
  readonly limits: Limits | null
}

export interface PictureDisk {
  /** -drive id, else qdev id, else node name. */
  readonly id: string
  /** Weir's name of the outermost group; null: none, or not known (`medium` false). */
  readonly group: string | null
  /** How it is in `group`; for a free disk, how it would join one. */
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
  readonly managedBy?: 'libvirt'
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

export function findGroup(picture: Picture, name: string | null): PictureGroup | undefined {
  return name === null ? undefined : picture.groups.find((group) => group.name === name)
}

export function findDisk(picture: Picture, id: string): PictureDisk | undefined {
  return picture.disks.find((disk) => disk.id === id)
}
