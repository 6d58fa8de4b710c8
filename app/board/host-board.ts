import { stat } from 'node:fs/promises'
import { placeDrift } from '#main/libvirt/three-places.ts'
import { Host } from '#main/live/host/host.ts'
import type { HostState } from '#shared/host-look.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import { isProxmoxHost } from '#shared/qemu/vm-address.ts'
import { hostPort } from '../cli/host-source.ts'

// The host of one board: every VM of it in a table, and the board of one of them on top. That VM's monitor is the
// session's while its board is open, so the host leaves it alone until then.

const FINE: Outcome = { ok: true }

/** Whether `text` names a host rather than a VM: libvirt without a domain, Proxmox without a VM, or a folder. */
export async function isHostAddress(text: string): Promise<boolean> {
  const trimmed = text.trim()
  if (isProxmoxHost(trimmed)) return true
  if (/^libvirt:/.test(trimmed)) return !trimmed.includes('#')
  return (await stat(trimmed.replace(/^unix:/, '')).catch(notThere))?.isDirectory() ?? false
}

function notThere(): null {
  return null
}

export class HostBoard {
  readonly #onState: (state: HostState | null) => void
  #host: Host | null = null
  #opened: string | null = null

  constructor(onState: (state: HostState | null) => void) {
    this.#onState = onState
  }

  /** null: no host is watched. */
  get state(): HostState | null {
    return this.#host === null ? null : { look: this.#host.look(), opened: this.#opened }
  }

  /** Watches another host. One watched before is let go only when that went well. */
  async connect(text: string): Promise<Outcome> {
    const port = hostPort(text.trim().replace(/^unix:/, ''), 'address')
    if (!port.ok) return { ok: false, message: 'This host cannot be watched.', issues: port.issues }
    const host = new Host({ ports: [port.value], driftOf: (_vm, picture) => placeDrift(picture) })
    await host.start()
    const { problems, vms } = host.look()
    if (problems.length > 0 && vms.length === 0) {
      host.close()
      return { ok: false, message: problems.join(' '), issues: [] }
    }
    this.#close()
    this.#host = host
    host.onLook(() => this.#notify())
    this.#notify()
    return FINE
  }

  disconnect(): void {
    if (this.#host === null) return
    this.#close()
    this.#notify()
  }

  /** Leaves the VM's monitor to the board that is about to open. */
  release(id: string): void {
    this.#host?.release(id)
    this.#opened = id
  }

  /** The board of the VM is shown from now on. */
  opened(): void {
    this.#notify()
  }

  /** The board of the VM is closed: it is a row of the table again. */
  take(): void {
    if (this.#opened === null) return
    this.#host?.take(this.#opened)
    this.#opened = null
    this.#notify()
  }

  #close(): void {
    this.#host?.close()
    this.#host = null
    this.#opened = null
  }

  #notify(): void {
    this.#onState(this.state)
  }
}
