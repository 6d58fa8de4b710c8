import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { labelOf } from '#main/live/qemu-label.ts'
import { QemuLink } from '#main/live/qemu-link.ts'
import type { QmpTimeouts } from '#main/qmp/qmp-client.ts'
import { formatQmpAddress } from '#shared/qemu/qmp-address.ts'
import { ownerAdvice, ownerWords, type SocketOwner, socketOwner } from '#shared/qemu/socket-owner.ts'
import type { VmLink } from '../vm-link.ts'
import type { VmPlace, VmPort } from './vm-port.ts'

/** A host is not worth waiting for: a VM that needs longer is told to be silent, and asked again later. */
export const HOST_TIMEOUTS: QmpTimeouts = { connectMs: 1000, greetingMs: 1000, commandMs: 2000 }

/** Sockets that lie beside QMP's by custom, by the ends of their names. */
const OTHERS = /\.(qga|agent|vnc|spice|serial\d*|console|swtpm|nbd|virtiofs)$/

/** Every VM that has a QMP socket in a folder, symbolic links to sockets included; folders inside it are not searched. A VM
    with several sockets there (two monitors, a serial line) counts once, as soon as one of them was opened: QEMU says on
    which it listens. */
export class FolderPort implements VmPort {
  readonly name: string
  readonly hasCheapJobs = true
  readonly #folder: string
  readonly #timeouts: QmpTimeouts
  /** null: not found yet. */
  #real: string | null = null
  /** Of each VM opened, by its id: the real paths of the sockets on which it listens. */
  readonly #sockets = new Map<string, ReadonlySet<string>>()

  constructor(folder: string, timeouts: QmpTimeouts = HOST_TIMEOUTS) {
    this.#folder = path.resolve(folder)
    this.name = this.#folder
    this.#timeouts = timeouts
  }

  async list(): Promise<readonly VmPlace[]> {
    const entries = (await this.#read()).filter(({ name }) => !OTHERS.test(name))
    const links = new Map(
      await Promise.all(
        entries
          .filter((entry) => entry.isSymbolicLink())
          .map(async ({ name }) => [name, await socketAt(path.join(this.#folder, name))] as const),
      ),
    )
    const seen = new Set<string>()
    const names = entries.map(({ name }) => name).sort()
    const sockets = new Set(entries.filter((entry) => entry.isSocket()).map(({ name }) => name))
    const places = names.flatMap((name) => {
      const file = path.join(this.#folder, name)
      const real = sockets.has(name) ? path.join(this.#real ?? this.#folder, name) : (links.get(name) ?? null)
      // A link beside the socket it leads to is the same VM; the first name is kept.
      if (real === null || seen.has(real)) return []
      seen.add(real)
      const address = { kind: 'unix', path: file } as const
      return [{ id: formatQmpAddress(address), label: labelOf(address, null), real }]
    })
    return this.#onePerVm(places)
  }

  /** Without the sockets that belong to a VM which is reached by another: by one opened before them, or if they were not. */
  #onePerVm(places: readonly FoundPlace[]): readonly VmPlace[] {
    const ids = new Set(places.map(({ id }) => id))
    for (const id of this.#sockets.keys()) if (!ids.has(id)) this.#sockets.delete(id)
    const kept: VmPlace[] = []
    for (const [index, { id, label, real }] of places.entries()) {
      const others = this.#sockets.has(id) ? places.slice(0, index) : places
      const isTwice = others.some((other) => other.id !== id && this.#sockets.get(other.id)?.has(real))
      if (!isTwice) kept.push({ id, label })
    }
    return kept
  }

  async open({ id }: VmPlace): Promise<VmLink> {
    const address = { kind: 'unix', path: id.slice('unix:'.length) } as const
    const owner = socketOwner(address)
    // The host holds what it looks at.
    if (owner !== null) throw ownedError(id, owner)
    this.#sockets.delete(id)
    const link = await QemuLink.open(address, { timeouts: this.#timeouts })
    try {
      const sockets = await Promise.all((await link.listeningSockets()).map(socketAt))
      this.#sockets.set(id, new Set(sockets.filter((real) => real !== null)))
      return link
    } catch (error) {
      link.close()
      throw error
    }
  }

  close(): void {}

  async #read(): Promise<readonly Dirent[]> {
    try {
      // Links lead to real paths, so sockets need theirs, too.
      this.#real ??= await realpath(this.#folder)
      return await readdir(this.#folder, { withFileTypes: true })
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException // what node:fs rejects with
      if (code === undefined) throw cause
      const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : `(${code})`
      throw new EngineError(
        code === 'ENOENT' || code === 'ENOTDIR' ? 'file-missing' : 'permission',
        `The folder ${this.#folder} ${code === 'ENOENT' || code === 'ENOTDIR' ? why : `cannot be read ${why}`}.`,
        'Name the folder in which the QMP sockets of the VMs lie.',
        { cause },
      )
    }
  }
}

interface FoundPlace extends VmPlace {
  /** Real path of the socket. */
  readonly real: string
}

function ownedError(id: string, owner: SocketOwner): EngineError {
  return new EngineError('qmp-busy', `${id} is not opened. ${ownerWords(owner)}`, ownerAdvice(owner))
}

/** The real path of the socket there; null: there is none, or it went meanwhile. */
async function socketAt(file: string): Promise<string | null> {
  try {
    return (await stat(file)).isSocket() ? await realpath(file) : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return null
  }
}
