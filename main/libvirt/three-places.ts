import {
  backendGroup,
  findGroup,
  type LibvirtFacts,
  type LibvirtStored,
  type Picture,
  type PictureDisk,
} from '#main/live/picture.ts'
import { slotOfDisk } from '#shared/qemu/proxmox-names.ts'
import { LIMIT_KEYS, type LimitKey, type Limits, limitOf, NO_LIMITS } from '#shared/throttle/limits.ts'
import { formatLimit, limitWords } from '#shared/throttle/words.ts'
import { chainWords, outermostGroup, sameChain } from '#shared/workspace/chain.ts'

// A limit stands in three places: in QEMU, in libvirt's live XML, which it sends again with its next change, and in the
// configuration of the next start. Each that differs is told.

export interface PlaceDifference {
  /** Group or disk. */
  readonly subject: string
  /** `IOPS`, or `group`. */
  readonly what: string
  readonly running: string
  /** libvirt's live XML. */
  readonly stored: string
  /** null: a transient domain has no next start. */
  readonly next: string | null
  /** Who stores it. */
  readonly owner: 'libvirt' | 'Proxmox'
}

/** `picture` may have the names of a workspace. [] also for a VM that is reached past its manager. */
export function placeDifferences(picture: Picture): readonly PlaceDifference[] {
  const { libvirt } = picture
  if (libvirt === undefined) return proxmoxDifferences(picture)
  const { stored, next } = libvirt
  const found = [
    ...picture.disks
      .filter(({ medium, filters }) => medium && filters.length === 0)
      .flatMap((disk) => [
        ...groupDifference(picture, disk),
        ...limitDifferences(outermostGroup(disk) ?? disk.id, {
          running: findGroup(picture, outermostGroup(disk))?.limits ?? NO_LIMITS,
          stored: iotuneIn(stored, disk)?.limits ?? NO_LIMITS,
          next: next && (iotuneIn(next, disk)?.limits ?? NO_LIMITS),
        }),
      ]),
    ...picture.disks.flatMap((disk) => filterDifference(libvirt, disk)),
    ...picture.groups
      .filter(({ isObject }) => isObject)
      .flatMap(({ name, qemuName, limits }) =>
        limitDifferences(name, {
          running: limits ?? NO_LIMITS,
          stored: stored.groups[qemuName] ?? NO_LIMITS,
          next: next && (next.groups[qemuName] ?? NO_LIMITS),
        }),
      ),
  ]
  // The disks of a group say the same, mostly.
  return found.filter((row, index) => found.findIndex((each) => JSON.stringify(each) === JSON.stringify(row)) === index)
}

/** `gold: IOPS: 111 runs, libvirt has 300, the next start 300` */
export function placeWords({ subject, what, running, stored, next, owner }: PlaceDifference): string {
  return `${subject}: ${what}: ${running} runs, ${owner} has ${stored}${next === null ? '' : `, the next start ${next}`}`
}

/** In sentences; null: nothing but QEMU has the limits of this VM. */
export function placeDrift(picture: Picture): readonly string[] | null {
  if (picture.libvirt === undefined && picture.proxmox === undefined) return null
  return placeDifferences(picture).map(placeWords)
}

/** A VM of Proxmox: what runs, its configuration, and that with the changes that wait for the next start. */
function proxmoxDifferences({ proxmox, disks, groups }: Picture): readonly PlaceDifference[] {
  if (proxmox === undefined) return []
  return disks.flatMap((disk) => {
    const slot = slotOfDisk(disk.qdev, disk.drive)
    const [stored, next] = slot === null ? [] : [proxmox.current[slot], proxmox.next[slot]]
    if (stored === undefined && next === undefined) return []
    const own = backendGroup(disk)
    const running = groups.find(({ name }) => name === own)?.limits ?? NO_LIMITS
    const places = { running, stored: stored?.limits ?? NO_LIMITS, next: next?.limits ?? NO_LIMITS }
    return limitDifferences(disk.id, places, 'Proxmox')
  })
}

interface Places<T> {
  readonly running: T
  readonly stored: T
  readonly next: T | null
}

function limitDifferences(
  subject: string,
  { running, stored, next }: Places<Limits>,
  owner: PlaceDifference['owner'] = 'libvirt',
): readonly PlaceDifference[] {
  const differs = (key: LimitKey) =>
    limitOf(running, key) !== limitOf(stored, key) || (next !== null && limitOf(running, key) !== limitOf(next, key))
  const words = (limits: Limits, key: LimitKey) => formatLimit(key, limitOf(limits, key), 'binary')
  return LIMIT_KEYS.filter(differs).map((key) => ({
    subject,
    what: limitWords(key),
    running: words(running, key),
    stored: words(stored, key),
    next: next && words(next, key),
    owner,
  }))
}

const FREE = 'not throttled'

function groupDifference(picture: Picture, disk: PictureDisk): readonly PlaceDifference[] {
  const { libvirt } = picture
  const running = findGroup(picture, outermostGroup(disk))?.qemuName ?? null
  // An <iotune> without a name means the group that libvirt calls after the disk.
  const named = (places: LibvirtStored) => {
    const iotune = iotuneIn(places, disk)
    return iotune === null ? FREE : (iotune.group ?? running ?? 'a group of its own')
  }
  if (libvirt === undefined) return []
  const stored = named(libvirt.stored)
  const next = libvirt.next && named(libvirt.next)
  const now = running ?? FREE
  return now === stored && (next === null || now === next)
    ? []
    : [{ subject: disk.id, what: 'group', running: now, stored, next, owner: 'libvirt' }]
}

/** <throttlefilters>: libvirt sets them when it attaches the disk, so only the next start can have others. */
function filterDifference(
  { stored, next }: LibvirtFacts,
  { id, countersKey }: PictureDisk,
): readonly PlaceDifference[] {
  const filtersIn = (places: LibvirtStored) => places.disks[countersKey ?? '']?.filters ?? []
  const [now, later] = [filtersIn(stored), next && filtersIn(next)]
  if (later === null || sameChain(now, later)) return []
  const words = (groups: readonly string[]) => (groups.length === 0 ? 'none' : chainWords({ groups }))
  return [
    { subject: id, what: 'filters', running: words(now), stored: words(now), next: words(later), owner: 'libvirt' },
  ]
}

function iotuneIn(places: LibvirtStored, { countersKey }: PictureDisk) {
  return places.disks[countersKey ?? '']?.iotune ?? null
}
