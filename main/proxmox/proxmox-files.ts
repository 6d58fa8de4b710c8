import { access, constants, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { readVmConfig } from './read-config.ts'

// Where Proxmox VE keeps its VMs: a configuration for each VM of this node, and the sockets of those that run.

/** Both begin here instead of at / where this is set: for tests, and for a root that is mounted elsewhere. */
const ROOT_ENV = 'WEIR_PROXMOX_ROOT'

function root(): string {
  return process.env[ROOT_ENV] || '/'
}

function configFolder(): string {
  return path.join(root(), 'etc/pve/qemu-server')
}

export function socketFolder(): string {
  return path.join(root(), 'run/qemu-server')
}

export function monitorOf(vmid: string): string {
  return path.join(socketFolder(), `${vmid}.qmp`)
}

/** Numbers of the VMs of this node that run, in order. Throws EngineError: this is no Proxmox, or it is not ours to read. */
export async function runningVms(): Promise<readonly string[]> {
  const known = new Set(
    (await read(configFolder(), () => readdir(configFolder()))).flatMap(
      (name) => /^(\d+)\.conf$/.exec(name)?.[1] ?? [],
    ),
  )
  const sockets = await readdir(socketFolder()).catch(nothingIfAbsent)
  const running = sockets.flatMap((name) => /^(\d+)\.qmp$/.exec(name)?.[1] ?? [])
  return running.filter((vmid) => known.has(vmid)).sort((a, b) => Number(a) - Number(b))
}

/** The text of a VM's configuration. Throws EngineError. */
export async function configText(vmid: string): Promise<string> {
  const file = path.join(configFolder(), `${vmid}.conf`)
  return read(file, () => readFile(file, 'utf8'))
}

/** The name in its configuration, else its number; a configuration that cannot be read has none. */
export async function vmLabel(vmid: string): Promise<string> {
  try {
    return readVmConfig(await configText(vmid)).name ?? `VM ${vmid}`
  } catch (error) {
    if (error instanceof EngineError) return `VM ${vmid}`
    throw error
  }
}

/** Whether Proxmox's `qm` can be run here. */
export async function findQm(): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '')
  const found = await Promise.all(
    folders.map((folder) => access(path.join(folder, 'qm'), constants.X_OK).then(yes, no)),
  )
  return found.includes(true)
}

async function read<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException // what node:fs rejects with
    if (code === undefined) throw cause
    if (code === 'ENOENT') {
      const [, vmid] = /(\d+)\.conf$/.exec(file) ?? []
      const what = vmid === undefined ? 'This machine is not a Proxmox VE node' : `This node has no VM ${vmid}`
      const advice = vmid === undefined ? 'Run Weir on the node itself.' : 'qm list shows those it has.'
      throw new EngineError('file-missing', `${what}: there is no ${file}.`, advice, { cause })
    }
    throw new EngineError('permission', `${file} cannot be read (${code}).`, 'Proxmox lets root read it.', { cause })
  }
}

/** Before the first VM is started. */
function nothingIfAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === undefined) throw error
  return []
}

function yes(): boolean {
  return true
}

function no(): boolean {
  return false
}
