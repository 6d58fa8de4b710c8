import type { DiskLook, GroupLook, VmLook } from '#shared/host-look.ts'
import type { Direction, LimitKey } from '#shared/throttle/limits.ts'

// The labels of a VM's series, one object per set of labels: `domain` and `target_device` are those of the libvirt
// exporters, so that joins work. Families share them, and so their text is made once per scrape.

export type Labels = Readonly<Record<string, string>>

export interface LabelledVm {
  readonly vm: VmLook
  readonly labels: Labels
  readonly disks: readonly LabelledDisk[]
  readonly groups: readonly LabelledGroup[]
}

export interface LabelledDisk {
  readonly disk: DiskLook
  readonly labels: Labels
  readonly flows: Readonly<Record<Direction, Labels>>
  /** By the group's level in the disk's chain. */
  readonly levels: readonly Labels[]
}

export interface LabelledGroup {
  readonly group: GroupLook
  readonly labels: Labels
  limit(key: LimitKey): Labels
}

export function withLabels(vm: VmLook): LabelledVm {
  const labels = { domain: vm.name }
  return {
    vm,
    labels,
    disks: vm.disks.map((disk) => labelledDisk(vm.name, disk)),
    groups: vm.groups.map((group) => labelledGroup(vm.name, group)),
  }
}

function labelledDisk(domain: string, disk: DiskLook): LabelledDisk {
  const labels = { domain, target_device: disk.id }
  const flows = { read: { ...labels, direction: 'read' }, write: { ...labels, direction: 'write' } }
  return { disk, labels, flows, levels: disk.groups.map((group, level) => ({ ...labels, group, level: `${level}` })) }
}

function labelledGroup(domain: string, group: GroupLook): LabelledGroup {
  const labels = { domain, group: group.name }
  const limits = new Map<LimitKey, Labels>()
  return {
    group,
    labels,
    limit(key) {
      const known = limits.get(key)
      if (known !== undefined) return known
      const made = { ...labels, limit: key }
      limits.set(key, made)
      return made
    },
  }
}
