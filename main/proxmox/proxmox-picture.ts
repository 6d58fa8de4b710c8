import { chainThrough, findGroup, type Picture, type PictureDisk, type ProxmoxFacts } from '#main/live/picture.ts'
import { slotOfDisk, slotOfGroup } from '#shared/qemu/proxmox-names.ts'

/**
 * What QEMU shows of a VM of Proxmox, in Proxmox's words: drives by their slots, each with limits of its own, whichever way
 * QEMU holds it to them. The filter that Proxmox puts under every drive is Proxmox's affair; further ones stay levels.
 */
export function proxmoxPicture(seen: Picture, proxmox: ProxmoxFacts): Picture {
  const named = new Map<string, string>()
  const taken = new Set<string>()
  for (const { name, qemuName } of seen.groups) {
    const slot = slotOfGroup(qemuName)
    if (slot !== null && !taken.has(slot)) named.set(name, slot)
    taken.add(slot ?? name)
  }
  const nameOf = (group: string) => named.get(group) ?? group
  const groups = seen.groups.map((group) => ({ ...group, name: nameOf(group.name) }))
  return { ...seen, groups, disks: seen.disks.map((disk) => proxmoxDisk(seen, disk, nameOf)), proxmox }
}

function proxmoxDisk(seen: Picture, disk: PictureDisk, nameOf: (group: string) => string): PictureDisk {
  const slot = slotOfDisk(disk.qdev, disk.drive)
  const filters = disk.filters.map((filter) => ({
    ...filter,
    group: filter.group === null ? null : nameOf(filter.group),
  }))
  const named: PictureDisk = { ...disk, groups: disk.groups.map(nameOf), filters, managedBy: 'proxmox' }
  if (slot === null) return named
  const [top, ...below] = disk.filters
  const isProxmoxs = top?.group != null && slotOfGroup(findGroup(seen, top.group)?.qemuName ?? '') === slot
  if (disk.style !== 'filter' || !isProxmoxs || top?.group == null) return { ...named, id: slot }
  const own = nameOf(top.group)
  const rest = filters.slice(1)
  return { ...named, id: slot, style: 'legacy', filters: rest, groups: chainThrough(own, below.length > 0 ? rest : []) }
}
