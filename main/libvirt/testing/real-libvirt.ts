import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { missingNewerTree, textInTree, treeFolder } from '#main/qmp/testing/newer-tree.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'

// A libvirtd of one's own for tests. It runs in a mount namespace in which its folders lie in a temporary folder, so that it
// neither sees nor writes those of the machine; its socket there is reached by a URI with a query. Domains are started
// without KVM and stopped CPUs: limits do not need more.

const PATIENCE_MS = 60_000
const FOLDERS = {
  'etc/libvirt': 'etc',
  'var/lib/libvirt': 'lib',
  'var/log/libvirt': 'log',
  'var/cache/libvirt': 'cache',
}
const QEMU_CONF = `security_driver = "none"
user = "root"
group = "root"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
remember_owner = 0
`
const LIBVIRTD_CONF = `auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "3:stderr"
`

/** Why there can be no libvirtd here; null: there can. Put it into the test's name. */
export function missingLibvirt(): string | null {
  const missing = missingNewerTree() ?? missingQemu()
  if (missing !== null) return missing
  if (process.getuid?.() !== 0) return 'skipped: a libvirtd apart from the machine’s needs root'
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const absent = ['libvirtd', 'virsh', 'unshare'].filter(
    (name) => !folders.some((folder) => existsSync(path.join(folder, name))),
  )
  if (absent.length > 0) return `skipped: ${absent.join(', ')} not installed`
  return spawnSync('unshare', ['--mount', 'true']).status === 0
    ? null
    : 'skipped: this machine allows no mount namespaces'
}

export class RealLibvirt {
  readonly folder: string
  readonly uri: string
  readonly #remove: () => Promise<void>
  #daemon: ChildProcess | null = null
  #said = ''

  static async start(): Promise<RealLibvirt> {
    const folder = await makeTempFolder()
    const libvirt = new RealLibvirt(folder)
    for (const name of [...Object.values(FOLDERS), 'run']) await mkdir(path.join(folder.path, name))
    await writeFile(path.join(folder.path, 'etc/qemu.conf'), QEMU_CONF)
    await writeFile(path.join(folder.path, 'etc/libvirtd.conf'), LIBVIRTD_CONF)
    await libvirt.startDaemon()
    return libvirt
  }

  private constructor(folder: { readonly path: string; readonly remove: () => Promise<void> }) {
    this.folder = folder.path
    this.#remove = folder.remove
    this.uri = `qemu+unix:///system?socket=${path.join(folder.path, 'run/libvirt-sock')}`
  }

  get version(): string {
    return String(spawnSync('virsh', ['--version']).stdout).trim()
  }

  async startDaemon(): Promise<void> {
    const root = treeFolder() ?? ''
    const binds = Object.entries(FOLDERS).map(([at, from]) => `mount --bind '${this.folder}/${from}' '${root}/${at}'`)
    const script = [
      'set -e',
      ...binds,
      `mount -t tmpfs tmpfs '${root}/run'`,
      `mkdir '${root}/run/libvirt'`,
      `mount --bind '${this.folder}/run' '${root}/run/libvirt'`,
      'exec libvirtd --config /etc/libvirt/libvirtd.conf',
    ].join('\n')
    const daemon = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#daemon = daemon
    daemon.stderr?.on('data', (chunk) => {
      this.#said = `${this.#said}${chunk}`.slice(-4000)
    })
    const untilMs = Date.now() + PATIENCE_MS
    while (this.#virsh('list').status !== 0) {
      if (daemon.exitCode !== null || Date.now() > untilMs) throw new Error(`libvirtd did not start: ${this.#said}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  async stopDaemon(): Promise<void> {
    const daemon = this.#daemon
    this.#daemon = null
    if (daemon === null || daemon.exitCode !== null) return
    const gone = new Promise((resolve) => daemon.once('exit', resolve))
    daemon.kill('SIGTERM')
    await gone
  }

  /** As an administrator would from a shell; each argument a word. Throws with virsh's words when it fails. */
  virsh(...words: readonly string[]): string {
    const { status, stdout, stderr } = this.#virsh(...words)
    if (status !== 0) throw new Error(`virsh ${words.join(' ')}: ${stderr}`)
    return stdout
  }

  /** Defines a domain from the XML of its disks (`@FOLDER@` is this folder) and starts it with stopped CPUs. */
  async boot(name: string, disks: string, groups = ''): Promise<void> {
    await this.define(name, disks, groups)
    this.virsh('start', name, '--paused')
  }

  async define(name: string, disks: string, groups = ''): Promise<void> {
    const own = disks.replaceAll('@NAME@', name)
    for (const [, image] of own.matchAll(/@FOLDER@\/([^']+\.img)/g)) {
      const file = path.join(this.folder, image ?? '')
      await writeFile(file, '')
      await truncate(file, 64 * 1024 * 1024)
    }
    // What is defined already gets another next start.
    const { status, stdout } = this.#virsh('domuuid', name)
    const uuid = status === 0 ? `<uuid>${stdout.trim()}</uuid>` : ''
    const xml = `<domain type='qemu'><name>${name}</name>${uuid}<memory unit='MiB'>32</memory><vcpu>1</vcpu>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>${groups}
      <devices><controller type='scsi' model='virtio-scsi'/>${own.replaceAll('@FOLDER@', this.folder)}
      <memballoon model='none'/></devices></domain>`
    const file = path.join(this.folder, `${name}.xml`)
    await writeFile(file, textInTree(xml))
    this.virsh('define', file)
  }

  /** Stops the QEMU of a domain where it stands, or lets it go on. */
  signal(name: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(Number(readFileSync(path.join(this.folder, 'run/qemu', `${name}.pid`), 'utf8')), signal)
  }

  async close(): Promise<void> {
    await this.stopDaemon()
    const folder = path.join(this.folder, 'run/qemu')
    const pids = existsSync(folder)
      ? readdirSync(folder).filter((file) => file.endsWith('.pid') && file !== 'driver.pid')
      : []
    for (const file of pids) kill(Number(readFileSync(path.join(folder, file), 'utf8')))
    await this.#remove()
  }

  #virsh(...words: readonly string[]) {
    return spawnSync('virsh', ['-q', '-c', this.uri, ...words], { encoding: 'utf8' })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it has ended by itself
  }
}

/** One disk of a domain on an image of its own; `inside` is XML in it. */
export function disk(target: string, { bus = 'virtio', inside = '' } = {}): string {
  return `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='@FOLDER@/@NAME@-${target}.img'/>
    <target dev='${target}' bus='${bus}'/>${inside}</disk>`
}
