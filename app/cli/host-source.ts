import { LibvirtPort, type LibvirtPortOptions } from '#main/libvirt/libvirt-port.ts'
import { FolderPort } from '#main/live/host/folder-port.ts'
import type { VmPort } from '#main/live/host/vm-port.ts'
import { ProxmoxPort } from '#main/proxmox/proxmox-port.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { isProxmoxHost, parseLibvirtUri } from '#shared/qemu/vm-address.ts'

// Where a host's VMs are, as the user says it: a folder of QMP sockets, a libvirt, or the Proxmox of this machine.

/** `path` is where the text stands, for the issue. */
export function hostPort(text: string, path: string, options: LibvirtPortOptions = {}): Result<VmPort> {
  if (text.trim() === '') return failed([{ path, code: 'host-source', message: `it is empty; use ${FORMS}` }])
  if (text.startsWith('libvirt:')) {
    const parsed = parseLibvirtUri(text)
    if (!parsed.ok) return failed(parsed.issues.map((issue) => ({ ...issue, path })))
    if (parsed.value.domain === null) return ok(new LibvirtPort(parsed.value.uri, options))
  }
  if (isProxmoxHost(text)) return ok(new ProxmoxPort())
  if (/^(unix|tcp|libvirt|proxmox):/.test(text)) {
    const message = `${JSON.stringify(text)} is one VM, not a host; use ${FORMS}`
    return failed([{ path, code: 'host-source', message }])
  }
  return ok(new FolderPort(text))
}

/** Every host that `--from` and the like name; there must be one. */
export function hostPorts(
  sources: readonly string[],
  path: string,
  options: LibvirtPortOptions = {},
): Result<readonly VmPort[]> {
  if (sources.length === 0) {
    return failed([{ path, code: 'missing-option', message: `say where the VMs are: ${FORMS}` }])
  }
  const ports: VmPort[] = []
  for (const source of sources) {
    const port = hostPort(source, path, options)
    if (!port.ok) return port
    ports.push(port.value)
  }
  return ok(ports)
}

const FORMS = 'a folder of QMP sockets, libvirt:URI, or proxmox: for the Proxmox VE on this machine'
