import { EngineError } from '#main/engine-error.ts'
import type { StepAnswer } from '#main/live/apply-plan.ts'
import type { VmLink, VmPlace, VmPort } from '#main/live/host/vm-port.ts'
import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import type { PlanStep } from '#main/live/steps.ts'
import type { BlockJob } from '#shared/block-job.ts'
import { formatVmAddress } from '#shared/qemu/vm-address.ts'
import { discoverDomain } from './discover-domain.ts'
import { type DomainXml, readDomainXml } from './domain-xml.ts'
import { domainJobs, lookOf, lookWith, qdevsOf, sendByVirsh, wordOf } from './libvirt-link.ts'
import { LibvirtMonitor } from './libvirt-monitor.ts'
import { type DomainStats, readDomstats } from './virsh-answers.ts'
import { VirshOnDemand } from './virsh-on-demand.ts'

/** One `domstats` answers for every domain; those who ask within this time share it. */
const FRESH_NS = 400_000_000

interface HostStats {
  readonly domains: ReadonlyMap<string, DomainStats>
  readonly atNs: number
  readonly slackNs: number
}

export interface LibvirtPortOptions {
  /** Whether the user allows `qemu-monitor-command`, which taints the domains. */
  readonly mayTaint?: () => boolean
}

/** Every running domain of a libvirt, by one read-only virsh; a second one changes something, or asks QEMU itself where it may. */
export class LibvirtPort implements VmPort {
  readonly name: string
  /** One virsh serves all domains in turn: who waits behind the others is not silent. A command has a time of its own. */
  readonly lookMs = 30_000
  readonly #uri: string
  readonly #reader: VirshOnDemand
  readonly writer: VirshOnDemand
  readonly mayTaint: () => boolean
  #stats: { readonly askedNs: number; readonly answer: Promise<HostStats> } | null = null

  constructor(uri: string, { mayTaint = () => false }: LibvirtPortOptions = {}) {
    this.#uri = uri
    this.mayTaint = mayTaint
    this.#reader = new VirshOnDemand({ uri, access: 'read' })
    this.writer = new VirshOnDemand({ uri, access: 'write' })
    this.name = `libvirt:${uri}`
  }

  async list(): Promise<readonly VmPlace[]> {
    const text = await (await this.#reader.open()).run(['list', '--name'])
    const names = text.split('\n').filter((name) => name.trim() !== '')
    return names.map((domain) => ({
      id: formatVmAddress({ kind: 'libvirt', uri: this.#uri, domain }),
      label: domain,
    }))
  }

  async open({ label }: VmPlace): Promise<VmLink> {
    const virsh = await this.#reader.open()
    const xml = readDomainXml(await virsh.run(['dumpxml', '--domain', label]))
    return new HostedDomain(this, xml)
  }

  close(): void {
    this.#reader.close()
    this.writer.close()
  }

  async discover(domain: string): Promise<Picture> {
    return discoverDomain(await this.#reader.open(), domain)
  }

  async jobs(domain: string, disks: DomainStats['disks']): Promise<readonly BlockJob[]> {
    return domainJobs(await this.#reader.open(), domain, disks)
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
    const virsh = await this.#reader.open()
    // A domain that hangs is left out instead of waited for.
    const text = await virsh.run(['domstats', '--state', '--block', '--list-active', '--nowait'])
    const slackNs = (nowNs() - askedNs) / 2
    return { domains: readDomstats(text), atNs: askedNs + slackNs, slackNs }
  }
}

class HostedDomain implements VmLink {
  readonly name: string
  readonly title: string | null
  readonly #port: LibvirtPort
  readonly #monitor: LibvirtMonitor
  readonly #domain: string
  #nowNs: (() => number) | null = null
  #qdevs: ReadonlyMap<string, string> = new Map()

  constructor(port: LibvirtPort, xml: DomainXml) {
    this.#port = port
    this.name = xml.name
    this.title = xml.title
    this.#domain = wordOf(xml)
    this.#monitor = new LibvirtMonitor(port.writer, xml.uuid)
  }

  get execute(): VmLink['execute'] {
    return this.#port.mayTaint() ? (command, timeoutMs) => this.#monitor.execute(command, timeoutMs) : undefined
  }

  async discover(): Promise<Picture> {
    const picture = await this.#port.discover(this.name)
    this.#qdevs = qdevsOf(picture)
    return picture
  }

  async look(nowNs: () => number): Promise<Look> {
    this.#nowNs = nowNs
    const { domains, atNs, slackNs } = await this.#port.stats(nowNs)
    const { disks } = this.#own(domains)
    if (!this.#port.mayTaint()) return lookOf(disks, atNs, slackNs)
    const askedNs = nowNs()
    const own = await this.#monitor.counters()
    const ownSlackNs = (nowNs() - askedNs) / 2
    return typeof own === 'string'
      ? lookWith(own, { disks, qdevs: this.#qdevs, atNs, slackNs })
      : lookWith(own, { disks, qdevs: this.#qdevs, atNs: askedNs + ownSlackNs, slackNs: ownSlackNs })
  }

  /** Of the look just taken. */
  async runState(): Promise<DomainStats['state']> {
    if (this.#nowNs === null) return 'new'
    return this.#own((await this.#port.stats(this.#nowNs)).domains).state
  }

  /** Of the disks of the look just taken. */
  async jobs(): Promise<readonly BlockJob[]> {
    if (this.#nowNs === null) return []
    const { disks } = this.#own((await this.#port.stats(this.#nowNs)).domains)
    return this.#port.jobs(this.#domain, disks)
  }

  send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]> {
    return sendByVirsh(this.#port.writer, steps)
  }

  #own(domains: ReadonlyMap<string, DomainStats>): DomainStats {
    const stats = domains.get(this.name)
    if (stats) return stats
    throw new EngineError('qmp-timeout', `libvirt reports no figures for ${this.name}.`, 'It may hang, or be gone.')
  }

  close(): void {}
}
