import { readdir, realpath } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { labelOf } from '#main/live/qemu-label.ts'
import { socketFolder, vmLabel } from '#main/proxmox/proxmox-files.ts'
import type { QemuSocket } from '#shared/ipc/live-ops.ts'
import { formatQmpAddress, type QmpAddress } from '#shared/qemu/qmp-address.ts'
import { socketOwner } from '#shared/qemu/socket-owner.ts'

// Sockets in the places where QEMU's QMP sockets usually are. Folders are read, sockets are never opened: to connect is
// to take the one place a QMP socket has, which may be another program's.

const DEEPEST = 3
const MAX_SOCKETS = 200
/** Sockets that QEMU and its helpers put beside QMP's. */
const OTHERS =
  /(\.(qga|vnc|serial\d*|swtpm|spice|nbd|virtiofs|console|agent)$)|(guest[_-]?agent|qga|vnc|spice|swtpm|virtiofs|serial|console|libvirt.*sock|virt\w+d?-sock)/i

export function usualFolders(): readonly string[] {
  const runtime = process.env.XDG_RUNTIME_DIR
  return [
    '/run/libvirt/qemu',
    '/var/lib/libvirt/qemu',
    socketFolder(),
    '/run/qemu',
    ...(runtime === undefined ? [] : [path.join(runtime, 'libvirt/qemu'), path.join(runtime, 'qemu')]),
    path.join(os.homedir(), '.config/libvirt/qemu/lib'),
  ]
}

/** In the order of the folders, by name within each. What may not be read is left out, as `ls` would leave it out. */
export async function listSockets(folders: readonly string[] = usualFolders()): Promise<readonly QemuSocket[]> {
  const found: string[] = []
  const seen = new Set<string>()
  for (const folder of folders) await collect(folder, { depth: 0, found, seen })
  const shown = await Promise.all(found.slice(0, MAX_SOCKETS).map(foundSocket))
  const isProxmox = shown.some(({ address }) => address.startsWith('proxmox:'))
  return isProxmox ? [{ address: 'proxmox:', label: 'Every VM of this Proxmox VE', origin: 'found' }, ...shown] : shown
}

/** A VM of Proxmox is reached through it: its monitor may be visited, not held. */
async function foundSocket(file: string): Promise<QemuSocket> {
  const address: QmpAddress = { kind: 'unix', path: file }
  const owner = socketOwner(address)
  if (owner?.kind === 'proxmox') {
    return { address: `proxmox:${owner.vm}`, label: await vmLabel(owner.vm), origin: 'found' }
  }
  return { address: formatQmpAddress(address), label: labelOf(address, null), origin: 'found' }
}

interface Search {
  readonly depth: number
  readonly found: string[]
  /** Real folders: /var/run and /run are one. */
  readonly seen: Set<string>
}

async function collect(folder: string, search: Search): Promise<void> {
  const entries = await readFolder(folder, search.seen)
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(folder, entry.name)
    if (search.found.length >= MAX_SOCKETS) return
    if (entry.isSocket() && !OTHERS.test(entry.name)) search.found.push(file)
    if (entry.isDirectory() && search.depth < DEEPEST) await collect(file, { ...search, depth: search.depth + 1 })
  }
}

async function readFolder(folder: string, seen: Set<string>) {
  try {
    const real = await realpath(folder)
    if (seen.has(real)) return []
    seen.add(real)
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    // Not there, or not ours to read: nothing to list.
    if ((error as NodeJS.ErrnoException).code !== undefined) return []
    throw error
  }
}
