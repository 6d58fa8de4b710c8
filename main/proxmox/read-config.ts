import type { ProxmoxStored } from '#main/live/picture.ts'
import { PROXMOX_SLOTS, readProxmoxDrive } from '#shared/formats/platforms/proxmox-drive.ts'
import { canonicalLimits } from '#shared/throttle/limits.ts'

export interface VmConfig {
  /** null: it has none. */
  readonly name: string | null
  readonly current: Readonly<Record<string, ProxmoxStored>>
  readonly next: Readonly<Record<string, ProxmoxStored>>
}

/** A VM's configuration file: what it has, then sections. [PENDING] holds what the next start changes; others are snapshots. */
export function readVmConfig(text: string): VmConfig {
  const current: Record<string, ProxmoxStored> = {}
  const pending: Record<string, ProxmoxStored> = {}
  const deleted = new Set<string>()
  let name: string | null = null
  let section: string | null = null
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\[(.+)\]\s*$/.exec(line)?.[1]
    if (heading !== undefined) section = heading
    const [, key, value] = /^([a-z][a-z0-9_-]*): ?(.*)$/.exec(line) ?? []
    if (key === undefined || value === undefined || (section !== null && section !== 'PENDING')) continue
    if (key === 'name' && section === null) name = value.trim()
    if (key === 'delete' && section !== null) for (const each of value.split(/[\s,;]+/)) deleted.add(each)
    if (PROXMOX_SLOTS.includes(key)) (section === null ? current : pending)[key] = stored(value)
  }
  const kept = Object.fromEntries(Object.entries(current).filter(([slot]) => !deleted.has(slot)))
  return { name, current, next: { ...kept, ...pending } }
}

function stored(value: string): ProxmoxStored {
  const { kept, limits } = readProxmoxDrive(value)
  return { kept, limits: canonicalLimits(limits) }
}
