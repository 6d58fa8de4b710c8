import { failed, ok, type Result } from '../issue.ts'
import { formatQmpAddress, parseQmpAddress, type QmpAddress } from './qmp-address.ts'

/** Where a VM is reached: QEMU's own socket, or the libvirt or Proxmox that runs it. */
export type VmAddress = QmpAddress | LibvirtAddress | ProxmoxAddress

/** A VM of the Proxmox VE on this machine. */
export interface ProxmoxAddress {
  readonly kind: 'proxmox'
  /** As Proxmox numbers it: `101`. */
  readonly vmid: string
}

export interface LibvirtAddress {
  readonly kind: 'libvirt'
  /** As libvirt takes it, with its query: `qemu:///system`, `qemu+unix:///system?socket=/run/x`. */
  readonly uri: string
  readonly domain: string
}

const FORM = 'Use libvirt:URI#DOMAIN, for instance libvirt:qemu:///system#web01'

/** `libvirt:URI#DOMAIN`, `proxmox:VMID`, or an address of a QMP socket. */
export function parseVmAddress(text: string): Result<VmAddress> {
  const trimmed = text.trim()
  if (trimmed.startsWith('proxmox:')) return parseProxmox(trimmed)
  if (!trimmed.startsWith('libvirt:')) return parseQmpAddress(text)
  const parsed = parseLibvirtUri(trimmed)
  if (!parsed.ok) return parsed
  const { uri, domain } = parsed.value
  if (domain === null) return wrong(text, 'the domain is missing')
  return ok({ kind: 'libvirt', uri, domain })
}

function parseProxmox(text: string): Result<ProxmoxAddress> {
  const vmid = text.slice('proxmox:'.length)
  // Proxmox has no leading zeros, and the number becomes part of paths.
  if (/^[1-9]\d{0,8}$/.test(vmid)) return ok({ kind: 'proxmox', vmid })
  const why = vmid === '' ? 'it names the whole host; the number of a VM is missing' : 'it has no VM number'
  const message = `${JSON.stringify(text)} is not one VM of Proxmox: ${why}. Use proxmox:VMID, for instance proxmox:101`
  return failed([{ path: 'vm', code: 'vm-address', message }])
}

/** Every VM of the Proxmox on this machine. */
export function isProxmoxHost(text: string): boolean {
  return text.trim() === 'proxmox:'
}

/** `libvirt:URI` or `libvirt:URI#DOMAIN`; the domain is null where there is none. */
export function parseLibvirtUri(text: string): Result<{ readonly uri: string; readonly domain: string | null }> {
  const rest = text.trim().slice('libvirt:'.length)
  // A URI of libvirt has no fragment of its own, while a domain's name may have a #.
  const hash = rest.indexOf('#')
  const uri = hash < 0 ? rest : rest.slice(0, hash)
  const domain = hash < 0 ? null : rest.slice(hash + 1)
  if (/\p{Cc}/u.test(rest)) return wrong(text, 'it has control characters')
  if (uri === '') return wrong(text, 'the URI is missing')
  if (!/^[a-z][a-z0-9+.-]*:\/\/\S*$/i.test(uri)) return wrong(text, `${JSON.stringify(uri)} is not a URI`)
  if (domain === '') return wrong(text, 'the domain is missing')
  return ok({ uri, domain })
}

/** The spelling that `parseVmAddress` reads back. */
export function formatVmAddress(address: VmAddress): string {
  if (address.kind === 'proxmox') return `proxmox:${address.vmid}`
  return address.kind === 'libvirt' ? `libvirt:${address.uri}#${address.domain}` : formatQmpAddress(address)
}

function wrong(text: string, why: string): Result<never> {
  return failed([
    { path: 'vm', code: 'vm-address', message: `${JSON.stringify(text)} is not a libvirt address: ${why}. ${FORM}` },
  ])
}
