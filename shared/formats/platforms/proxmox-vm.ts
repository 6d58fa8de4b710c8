import { hasAnyLimit } from '#shared/throttle/limits.ts'
import type { QemuNames } from '#shared/workspace/workspace.ts'
import { type Draft, diskOfSize, notUnderstood } from '../draft.ts'
import { listNames } from '../losses.ts'
import { readQemuWords } from '../qemu/qemu-args-read.ts'
import { qdevOfDriver } from '../qemu/qemu-model.ts'
import { noteOverride } from '../set-limits.ts'
import { splitShellWords } from '../text/shell-quoting.ts'
import { looksLikeThrottling, reportThrottling } from '../unread-throttling.ts'
import { PROXMOX_SLOTS, type ProxmoxDrive, readProxmoxDrive } from './proxmox-drive.ts'

// One VM, as it comes out of its configuration or of the commands that change it: option by option.

/**
 * How Proxmox has QEMU throttle a drive, which its machine version decides. Before 10.0 the limits are the drive's own
 * (`-drive id=drive-scsi0,throttling.…`), from 10.0 on the drive stands on a filter `drive-scsi0` of the group
 * `throttle-drive-scsi0`. null: the machine has no version, so that it is the newest of the QEMU that starts it.
 */
export type ProxmoxStyle = 'legacy' | 'filter' | null

export interface VmReading {
  readonly draft: Draft
  readonly drives: Map<string, ProxmoxDrive>
  readonly left: { readonly cdroms: string[]; readonly cloudinit: string[]; readonly unused: string[] }
  style: ProxmoxStyle
  machine: string | null
}

export function newVmReading(draft: Draft): VmReading {
  return { draft, drives: new Map(), left: { cdroms: [], cloudinit: [], unused: [] }, style: null, machine: null }
}

/** Options in which a word of throttling means nothing. */
const FREE_TEXT = /^(description|tags|hookscript|searchdomain|sshkeys|smbios1)$/

/** One option of the VM: a line of its configuration, an option of `qm set`. */
export function setOption(vm: VmReading, name: string, value: string, path: string): void {
  const { draft } = vm
  if (PROXMOX_SLOTS.includes(name)) setDrive(vm, name, value, path)
  else if (name === 'name') draft.name = value.trim()
  else if (name === 'machine' && !looksLikeThrottling(value)) vm.machine = value
  else if (name === 'args') readArgs(draft, value, path)
  else if (name === 'template' && value.trim() === '1') {
    draft.notes.push('It is a template: it never runs, and the VMs cloned from it have these limits.')
  } else if (/^unused\d+$/.test(name)) {
    vm.left.unused.push(name)
    reportThrottling(draft, path, value)
  } else if (!FREE_TEXT.test(name)) reportThrottling(draft, path, `${name}: ${value}`)
}

/** A later setting of the same drive replaces the earlier one whole. */
function setDrive(vm: VmReading, slot: string, value: string, path: string): void {
  const { draft } = vm
  const drive = readProxmoxDrive(value)
  const before = vm.drives.get(slot)
  if (before !== undefined) {
    for (const name of new Set([...before.given.keys(), ...drive.given.keys()])) {
      const [from, to] = [before.given.get(name), drive.given.get(name)]
      if (from !== undefined) noteOverride(draft, { path: `${path} ${slot}`, what: name, from, to: to ?? null })
    }
  }
  vm.drives.set(slot, drive)
  draft.losses.push(...drive.losses.map((loss) => ({ path: `${path} ${slot}`, ...loss })))
}

export function deleteOptions(vm: VmReading, names: string, path: string): void {
  for (const name of names.split(/[\s,;]+/)) {
    const drive = vm.drives.get(name)
    if (drive === undefined) continue
    vm.drives.delete(name)
    const message = `${name} is taken out of the VM again${hasAnyLimit(drive.limits) ? ', and its limits with it' : ''}`
    vm.draft.losses.push({ path: `${path} ${name}`, kind: 'dropped', message })
  }
}

/** Everything has been read: drives become devices. */
export function finishVm(vm: VmReading): void {
  const { draft, left } = vm
  vm.style = styleOf(vm.machine)
  for (const [slot, drive] of vm.drives) {
    const isSet = Object.keys(drive.limits).length > 0
    if (drive.kind === 'cloudinit' && !isSet) left.cloudinit.push(slot)
    else if (drive.kind === 'cdrom' && !isSet) left.cdroms.push(slot)
    else addDrive(draft, slot, drive, vm.style)
  }
  const { cdroms, cloudinit, unused } = left
  const note = (names: readonly string[], one: string, many: string) => {
    if (names.length > 0) draft.notes.push(`${listNames(names)} ${names.length === 1 ? one : many}; left out.`)
  }
  note(cdroms, 'holds a CD-ROM', 'hold CD-ROMs')
  note(cloudinit, 'holds the settings of cloud-init', 'hold the settings of cloud-init')
  note(unused, 'is not attached to the VM', 'are not attached to the VM')
  if (vm.drives.size > 0) draft.notes.push(styleNote(vm))
}

/** `pc-i440fx-9.2+pve1`, `pc-q35-10.0`, `type=pc-q35-10.1+pve0,viommu=intel`, `q35`. */
export function styleOf(machine: string | null): ProxmoxStyle {
  const version = /(?:^|[-=])(?:i440fx|q35|virt|s390-ccw-virtio)-(\d+)\.\d+/.exec(machine ?? '')?.[1]
  if (version === undefined) return null
  return Number(version) >= 10 ? 'filter' : 'legacy'
}

function styleNote({ style, machine }: VmReading): string {
  const legacy = 'the limits are the drives’ own (drive-scsi0)'
  const filter = 'drives stand on throttle filters (group throttle-drive-scsi0)'
  if (style === 'legacy') return `Machine ${machine}: ${legacy}.`
  if (style === 'filter') return `Machine ${machine}: ${filter}.`
  const which = machine === null ? 'No machine version is named' : `Machine ${machine} has no version`
  return `${which}, so the QEMU that starts it decides: from Proxmox VE 9 on (QEMU 10) ${filter}, before that ${legacy}.`
}

function addDrive(draft: Draft, slot: string, { limits, sizeBytes }: ProxmoxDrive, style: ProxmoxStyle): void {
  const isSet = Object.keys(limits).length > 0
  draft.devices.push({
    id: slot,
    group: isSet ? slot : null,
    qemu: proxmoxNames(slot, isSet ? style : null),
    disk: diskOfSize(sizeBytes),
  })
  if (isSet) draft.groups.set(slot, limits)
}

/** What Proxmox calls a drive in QEMU; with both styles it has the same names. */
function proxmoxNames(slot: string, style: ProxmoxStyle): QemuNames {
  const qdev = qdevOfDriver(slot.startsWith('virtio') ? 'virtio-blk' : null, slot)
  const name = `drive-${slot}`
  if (style === 'filter') return { qdev, filter: name, style }
  return { drive: name, qdev, ...(style === null ? {} : { style }) }
}

/** `args:` goes to QEMU as it stands, with quotes but without a shell, and may define disks with limits of their own. */
function readArgs(draft: Draft, value: string, path: string): void {
  if (!looksLikeThrottling(value)) return
  const { words, problem } = splitShellWords(value)
  if (problem !== null) {
    notUnderstood(draft, `${path} args`, `this is not a whole command line: ${problem}`)
    return
  }
  const before = [draft.groups.size, draft.losses.length]
  readQemuWords(draft, words, `${path} args: `)
  if (draft.groups.size === before[0] && draft.losses.length === before[1]) {
    reportThrottling(draft, `${path} args`, value)
  }
}
