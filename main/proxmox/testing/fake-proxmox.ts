import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'

// What of a Proxmox VE node Weir meets, in a folder: configurations, monitors of real QEMUs, and a `qm` that keeps the one
// and tells the other (fake-qm.mjs).

const FAKE_QM = fileURLToPath(new URL('./fake-qm.mjs', import.meta.url))

export type DriveStyle = 'legacy' | 'filter'

export class FakeProxmox {
  readonly root: string
  readonly #path = process.env.PATH ?? ''
  readonly #vms: RealQemu[] = []
  readonly #remove: () => Promise<void>

  /** Sets this process's environment until it is closed. */
  static async make(): Promise<FakeProxmox> {
    const folder = await makeTempFolder()
    return new FakeProxmox(folder.path, folder.remove)
  }

  private constructor(root: string, remove: () => Promise<void>) {
    this.root = root
    this.#remove = remove
    for (const each of ['etc/pve/qemu-server', 'run/qemu-server', 'bin'])
      mkdirSync(path.join(root, each), { recursive: true })
    writeFileSync(path.join(root, 'bin/qm'), `#!/bin/sh\nexec '${process.execPath}' '${FAKE_QM}' "$@"\n`, {
      mode: 0o755,
    })
    process.env.WEIR_PROXMOX_ROOT = root
    process.env.PATH = `${path.join(root, 'bin')}${path.delimiter}${this.#path}`
  }

  config(vmid: string): string {
    return readFileSync(this.#file(vmid), 'utf8')
  }

  write(vmid: string, text: string): void {
    writeFileSync(this.#file(vmid), text)
  }

  /** A running VM with this configuration; `args` make its drives (`driveArgs`). */
  async boot(
    vmid: string,
    { config, style, args }: { readonly config: string; readonly style: DriveStyle; readonly args: readonly string[] },
  ): Promise<RealQemu> {
    this.write(vmid, config)
    const qemu = await RealQemu.start(args)
    this.#vms.push(qemu)
    const { address } = qemu
    if (address.kind !== 'unix') throw new Error(`a VM of style ${style} has a socket`)
    linkSync(address.path, path.join(this.root, 'run/qemu-server', `${vmid}.qmp`))
    return qemu
  }

  /** As a machine without Proxmox's programs. */
  withoutQm(): void {
    process.env.PATH = this.#path
  }

  async close(): Promise<void> {
    for (const qemu of this.#vms.splice(0)) await qemu.close()
    process.env.PATH = this.#path
    delete process.env.WEIR_PROXMOX_ROOT
    await this.#remove()
  }

  #file(vmid: string): string {
    return path.join(this.root, 'etc/pve/qemu-server', `${vmid}.conf`)
  }
}

interface DriveArgs {
  readonly slot: string
  readonly style: DriveStyle
  readonly iops?: number
}

/** How Proxmox starts QEMU with a drive, as far as throttling goes. */
export function driveArgs({ slot, style, iops = 0 }: DriveArgs): readonly string[] {
  const name = `drive-${slot}`
  const driver = slot.startsWith('virtio') ? 'virtio-blk-pci' : 'scsi-hd'
  const device = ['-device', `${driver},drive=${name},id=${slot}`]
  if (style === 'legacy') {
    const limits = iops === 0 ? '' : `,throttling.iops-total=${iops}`
    return ['-drive', `file.driver=null-co,file.size=1G,format=raw,if=none,id=${name}${limits}`, ...device]
  }
  const limits = JSON.stringify({ 'iops-total': iops })
  const file = `"file":{"driver":"raw","node-name":"f-${slot}","file":{"driver":"null-co","size":1073741824}}`
  return [
    ...['-object', `{"qom-type":"throttle-group","id":"throttle-${name}","limits":${limits}}`],
    ...['-blockdev', `{"driver":"throttle","node-name":"${name}","throttle-group":"throttle-${name}",${file}}`],
    ...device,
  ]
}
