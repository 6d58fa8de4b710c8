import type { QemuState } from '#shared/ipc/contract.ts'
import type { QemuSocket } from '#shared/ipc/live-ops.ts'
import { ownerAdvice, ownerWords, socketOwner } from '#shared/qemu/socket-owner.ts'
import { formatVmAddress, isProxmoxHost, parseVmAddress } from '#shared/qemu/vm-address.ts'
import { formatDurationNs, NS_PER_MS } from '#shared/units.ts'
import { removeDevices, removeGroup } from '#shared/workspace/edits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// What the live parts of the window say, as plain values.

export interface CheckedAddress {
  readonly address: string
  readonly words: string
  /** Whose socket it is, if another program needs it; null: nobody's. */
  readonly warning: string | null
  /** A better address of the same VM; null: there is none. */
  readonly instead: string | null
}

/** The address in its one spelling, or why it is none. The window has no working folder, so a path must be absolute. */
export function checkAddress(text: string): CheckedAddress | { readonly problem: string } {
  const host = hostUri(text)
  if (host !== null) return { address: host, words: hostWords(host), warning: null, instead: null }
  const parsed = parseVmAddress(text)
  if (!parsed.ok) return { problem: parsed.issues[0]?.message ?? 'That is not a VM address.' }
  const address = parsed.value
  if (address.kind === 'libvirt') {
    const words = `${address.domain}, through libvirt at ${address.uri}`
    return { address: formatVmAddress(address), words, warning: null, instead: null }
  }
  if (address.kind === 'proxmox') {
    const words = `VM ${address.vmid} of the Proxmox VE on this machine; its monitor is held only while Weir looks`
    return { address: formatVmAddress(address), words, warning: null, instead: null }
  }
  if (address.kind === 'unix' && !address.path.startsWith('/')) {
    return { problem: `${address.path} is not an absolute path; it must begin with /` }
  }
  const owner = socketOwner(address)
  if (owner?.kind === 'libvirt') return { problem: `${ownerWords(owner)} ${ownerAdvice(owner)}` }
  const words =
    address.kind === 'unix'
      ? `The socket, or the folder of sockets, ${address.path}`
      : `TCP port ${address.port} of ${address.host}`
  return {
    address: formatVmAddress(address),
    words,
    warning: owner === null ? null : ownerWords(owner),
    instead: owner === null ? null : `proxmox:${owner.vm}`,
  }
}

/** `libvirt:qemu:///system`, `proxmox:`: all its VMs; null: it names something else. */
function hostUri(text: string): string | null {
  const trimmed = text.trim()
  return isProxmoxHost(trimmed) || /^libvirt:[^#\s]+$/.test(trimmed) ? trimmed : null
}

function hostWords(host: string): string {
  return isProxmoxHost(host) ? 'Every VM of the Proxmox VE on this machine' : `Every VM of ${host}`
}

export interface SocketSection {
  readonly title: string
  readonly sockets: readonly QemuSocket[]
}

/** Recent ones first; a socket that is both stands with the recent ones. */
export function socketSections(sockets: readonly QemuSocket[]): readonly SocketSection[] {
  const recent = sockets.filter((socket) => socket.origin === 'recent')
  const known = new Set(recent.map((socket) => socket.address))
  const found = sockets.filter((socket) => socket.origin === 'found' && !known.has(socket.address))
  return [
    { title: 'Recent', sockets: recent },
    { title: 'Found on this machine', sockets: found },
  ].filter((section) => section.sockets.length > 0)
}

export interface Pill {
  readonly tone: 'ok' | 'warn' | 'danger' | 'plain'
  readonly label: string
  readonly detail: string
}

/** `vm-web01`, `QEMU 7.2 · 1.0 s`. */
export function pillOf(state: QemuState | null): Pill {
  if (!state || state.status === 'detached') return { tone: 'plain', label: 'No VM', detail: '' }
  const label = state.label ?? state.address ?? 'VM'
  if (state.status === 'connecting') return { tone: 'warn', label, detail: 'connecting…' }
  if (state.status === 'lost') return { tone: 'danger', label, detail: 'lost' }
  const poll = `${(state.pollMs / 1000).toFixed(1)} s`
  return {
    tone: state.vmStatus === null ? 'ok' : 'warn',
    label,
    detail: [state.vmStatus, state.version === null ? null : `QEMU ${state.version}`, poll].filter(Boolean).join(' · '),
  }
}

/** `2 changes not applied yet`; with none, all that is wanted is impossible. */
export function stagedTitle(count: number): string {
  if (count === 0) return 'Nothing to apply'
  return `${count} ${count === 1 ? 'change' : 'changes'} not applied yet`
}

/** `12 s ago`, `3 min ago`. */
export function ageInWords(ageMs: number): string {
  if (ageMs < 1500) return 'just now'
  return `${formatDurationNs(Math.round(ageMs / 1000) * 1000 * NS_PER_MS)} ago`
}

/**
 * What the VM runs, under the open document's name. Reverting takes limits and membership, never Weir's own parts, except
 * script steps about what the VM does not have.
 */
export function revertTo(reality: Workspace, open: Workspace): Workspace {
  const known = new Map(open.devices.map((device) => [device.id, device]))
  const running = new Set(reality.devices.map((device) => device.id))
  const goneDevices = [...known.keys()].filter((id) => !running.has(id))
  const goneGroups = Object.keys(open.groups).filter((name) => !(name in reality.groups))
  return {
    ...goneGroups.reduce(removeGroup, removeDevices(open, goneDevices)),
    groups: reality.groups,
    devices: reality.devices.map((device) => {
      const mine = known.get(device.id)
      return mine ? { ...device, disk: mine.disk, workload: mine.workload, iothread: mine.iothread } : device
    }),
  }
}

const TOLD_DIFFERENCES = 4

/** What Revert takes over besides: the VM had drifted from what the board was opened with. null: it had not. */
export function revertedDrift(
  drift: readonly string[],
  fileName: string | null,
): { readonly message: string; readonly advice: string } | null {
  if (drift.length === 0) return null
  const left = drift.length - TOLD_DIFFERENCES
  const differences = [...drift.slice(0, TOLD_DIFFERENCES), ...(left > 0 ? [`${left} more`] : [])].join('; ')
  return {
    message: `Reverted to what the VM runs. It differs from ${fileName ?? 'what was set'}: ${differences}.`,
    advice: 'Undo brings that back too, as changes to apply.',
  }
}
