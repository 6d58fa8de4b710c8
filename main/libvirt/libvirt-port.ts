import { EngineError } from '#main/engine-error.ts'
import type { VmLink, VmPlace, VmPort } from '#main/live/host/vm-port.ts'
import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import { formatVmAddress } from '#shared/qemu/vm-address.ts'
import { discoverDomain } from './discover-domain.ts'
import { readDomainXml } from './domain-xml.ts'
import { lookOf } from './libvirt-link.ts'
import { Virsh } from './virsh.ts'
import { type DomainStats, readDomstats } from './virsh-answers.ts'

/** One `domstats` answers for every domain; those who ask within this time share it. */
const FRESH_NS = 400_000_000

interface HostStats {
  readonly domains: ReadonlyMap<string, DomainStats>
  readonly atNs: number
  readonly slackNs: number
}

/** Every running domain of a libvirt, by one read-only virsh. */
export class LibvirtPort implements VmPort {
  readonly name: string
  /** One virsh serves all domains in turn: who waits behind the others is not silent. A command has a time of its own. */
  readonly lookMs = 30_000
  readonly #uri: string
  #virsh: Promise<Virsh> | null = null
  #stats: { readonly askedNs: number; readonly answer: Promise<HostStats> } | null = null
  #isClosed = false

  constructor(uri: string) {
    this.#uri = uri
    this.name = `libvirt:${uri}`
  }

  async list(): Promise<readonly VmPlace[]> {
    const text = await (await this.#open()).run(['list', '--name'])
    const names = text.split('\n').filter((name) => name.trim() !== '')
    return names.map((domain) => ({
      id: formatVmAddress({ kind: 'libvirt', uri: this.#uri, domain }),
      label: domain,
    }))
  }

  async open({ label }: VmPlace): Promise<VmLink> {
    const virsh = await this.#open()
    const { title } = readDomainXml(await virsh.run(['dumpxml', '--domain', label]))
    return new HostedDomain(this, label, title)
  }

  close(): void {
    this.#isClosed = true
    void this.#virsh?.then(
      (virsh) => virsh.close(),
      () => undefined,
    )
  }

  async discover(domain: string): Promise<Picture> {
    return discoverDomain(await this.#open(), domain)
  }

  /** Of the whole host. */
  async stats(nowNs: () => number): Promise<HostStats> {
    const latest = this.#stats
    if (latest !== null && nowNs() - latest.askedNs < FRESH_NS) return latest.answer
    const askedNs = nowNs()
    const answer = this.#askStats(askedNs, nowNs)
    this.#stats = { askedNs, answer }
    answer.catch(() => {
      this.#stats = null
    })
    return answer
  }

  async #askStats(askedNs: number, nowNs: () => number): Promise<HostStats> {
    const virsh = await this.#open()
    // A domain that hangs is left out instead of waited for.
    const text = await virsh.run(['domstats', '--state', '--block', '--list-active', '--nowait'])
    const slackNs = (nowNs() - askedNs) / 2
    return { domains: readDomstats(text), atNs: askedNs + slackNs, slackNs }
  }

  async #open(): Promise<Virsh> {
    if (this.#isClosed) throw new EngineError('cancelled', `The connection to ${this.name} was closed.`, '')
    const opening = this.#virsh ?? Virsh.open({ uri: this.#uri, access: 'read' })
    this.#virsh = opening
    try {
      const virsh = await opening
      virsh.onClose(() => {
        if (this.#virsh === opening) this.#virsh = null
      })
      return virsh
    } catch (error) {
      if (this.#virsh === opening) this.#virsh = null
      throw error
    }
  }
}

class HostedDomain implements VmLink {
  readonly name: string
  readonly title: string | null
  readonly #port: LibvirtPort
  #nowNs: (() => number) | null = null

  constructor(port: LibvirtPort, name: string, title: string | null) {
    this.#port = port
    this.name = name
    this.title = title
  }

  discover(): Promise<Picture> {
    return this.#port.discover(this.name)
  }

  async look(nowNs: () => number): Promise<Look> {
    this.#nowNs = nowNs
    const { domains, atNs, slackNs } = await this.#port.stats(nowNs)
    return lookOf(this.#own(domains).disks, atNs, slackNs)
  }

  /** Of the look just taken. */
  async runState(): Promise<DomainStats['state']> {
    if (this.#nowNs === null) return 'new'
    return this.#own((await this.#port.stats(this.#nowNs)).domains).state
  }

  #own(domains: ReadonlyMap<string, DomainStats>): DomainStats {
    const stats = domains.get(this.name)
    if (stats) return stats
    throw new EngineError('qmp-timeout', `libvirt reports no figures for ${this.name}.`, 'It may hang, or be gone.')
  }

  close(): void {}
}
