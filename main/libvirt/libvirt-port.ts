import { EngineError } from '#main/engine-error.ts'
import type { StepAnswer } from '#main/live/apply-plan.ts'
import type { LinkOptions, VmLink, VmPlace, VmPort } from '#main/live/host/vm-port.ts'
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
/** What a command may take while all domains wait for it. */
const PATIENCE_MS = 3000
/** Each try leaves out the domain that the try before waited for. */
const STATS_TRIES = 5
const STATS = ['domstats', '--state', '--block', '--nowait']

interface HostStats {
  readonly domains: ReadonlyMap<string, DomainStats>
  readonly atNs: number
  readonly slackNs: number
}

export interface LibvirtPortOptions {
  /** Whether the user allows `qemu-monitor-command` for all domains, which taints them. */
  readonly mayTaint?: () => boolean
  readonly patienceMs?: number
}

// Every running domain of a libvirt, by one read-only virsh; where it may taint them, a second one asks QEMU itself. A change
// has a virsh of its own.
//
// A domain whose QEMU hangs holds up the first command about it, and with that every other domain, for as long as a command
// may take. From then on libvirt waits for that QEMU, and `domstats --nowait` gives the domain without figures at once: so it
// is asked for these first, and for nothing else while there are none. Each command that hangs keeps a thread of libvirtd.
export class LibvirtPort implements VmPort {
  readonly name: string
  /** One virsh serves all domains in turn: who waits behind the others is not silent. A command has a time of its own. */
  readonly lookMs = 30_000
  readonly #uri: string
  readonly #patienceMs: number
  readonly #reader: VirshOnDemand
  readonly writer: VirshOnDemand
  readonly #mayTaint: () => boolean
  #stats: { readonly askedNs: number; readonly answer: Promise<HostStats> } | null = null

  constructor(uri: string, { mayTaint = never, patienceMs = PATIENCE_MS }: LibvirtPortOptions = {}) {
    this.#uri = uri
    this.#patienceMs = patienceMs
    this.#mayTaint = mayTaint
    this.#reader = new VirshOnDemand({ uri, access: 'read' })
    this.writer = this.newWriter()
    this.name = `libvirt:${uri}`
  }

  async list(): Promise<readonly VmPlace[]> {
    const text = await this.run(['list', '--name'])
    const names = text.split('\n').filter((name) => name.trim() !== '')
    return names.map((domain) => ({
      id: formatVmAddress({ kind: 'libvirt', uri: this.#uri, domain }),
      label: domain,
    }))
  }

  async open({ label }: VmPlace, { mayTaint = never }: Pick<LinkOptions, 'mayTaint'>): Promise<VmLink> {
    figuresOf(label, readDomstats(await this.run([...STATS, label])))
    const xml = readDomainXml(await this.run(['dumpxml', '--domain', label]))
    return new HostedDomain(this, xml, () => this.#mayTaint() || mayTaint())
  }

  close(): void {
    this.#reader.close()
    this.writer.close()
  }

  /** Reads. Throws EngineError. */
  run(words: readonly string[]): Promise<string> {
    return this.#reader.run(words, this.#patienceMs)
  }

  newWriter(): VirshOnDemand {
    return new VirshOnDemand({ uri: this.#uri, access: 'write' })
  }

  /** Of the whole host. */
  async stats(nowNs: () => number): Promise<HostStats> {
    const latest = this.#stats
    if (latest !== null && nowNs() - latest.askedNs < FRESH_NS) return latest.answer
    const askedNs = nowNs()
    const answer = this.#askStats(nowNs)
    this.#stats = { askedNs, answer }
    answer.catch(() => {
      this.#stats = null
    })
    return answer
  }

  async #askStats(nowNs: () => number, triesLeft = STATS_TRIES): Promise<HostStats> {
    const askedNs = nowNs()
    try {
      const text = await this.run([...STATS, '--list-active'])
      const slackNs = (nowNs() - askedNs) / 2
      return { domains: readDomstats(text), atNs: askedNs + slackNs, slackNs }
    } catch (error) {
      const isHung = error instanceof EngineError && error.code === 'qmp-timeout'
      if (!isHung || triesLeft === 1) throw error
      return this.#askStats(nowNs, triesLeft - 1)
    }
  }
}

class HostedDomain implements VmLink {
  readonly name: string
  readonly title: string | null
  readonly #port: LibvirtPort
  readonly #monitor: LibvirtMonitor
  readonly #domain: string
  /** Asked before each use. */
  readonly #mayTaint: () => boolean
  #nowNs: (() => number) | null = null
  #qdevs: ReadonlyMap<string, string> = new Map()

  constructor(port: LibvirtPort, xml: DomainXml, mayTaint: () => boolean) {
    this.#port = port
    this.#mayTaint = mayTaint
    this.name = xml.name
    this.title = xml.title
    this.#domain = wordOf(xml)
    this.#monitor = new LibvirtMonitor(port.writer, xml.uuid)
  }

  get execute(): VmLink['execute'] {
    return this.#mayTaint() ? (command, timeoutMs) => this.#monitor.execute(command, timeoutMs) : undefined
  }

  async discover(): Promise<Picture> {
    const picture = await discoverDomain(this.#port, this.name)
    this.#qdevs = qdevsOf(picture)
    return picture
  }

  async look(nowNs: () => number): Promise<Look> {
    this.#nowNs = nowNs
    const { domains, atNs, slackNs } = await this.#port.stats(nowNs)
    const { disks } = figuresOf(this.name, domains)
    if (!this.#mayTaint()) return lookOf(disks, atNs, slackNs)
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
    return figuresOf(this.name, (await this.#port.stats(this.#nowNs)).domains).state
  }

  /** Of the disks of the look just taken. */
  async jobs(): Promise<readonly BlockJob[]> {
    if (this.#nowNs === null) return []
    const { disks } = figuresOf(this.name, (await this.#port.stats(this.#nowNs)).domains)
    return domainJobs(this.#port, this.#domain, disks)
  }

  /** By a virsh of its own: a change may take longer than the others should wait. */
  async send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]> {
    const writer = this.#port.newWriter()
    try {
      return await sendByVirsh(writer, steps)
    } finally {
      writer.close()
    }
  }

  close(): void {}
}

function never(): false {
  return false
}

/** Throws EngineError where there are none. */
function figuresOf(name: string, domains: ReadonlyMap<string, DomainStats>): DomainStats {
  const stats = domains.get(name)
  const isUnknown =
    stats === undefined || (stats.disks.length > 0 && stats.disks.every((disk) => disk.counters === null))
  if (!isUnknown) return stats
  throw new EngineError(
    'qmp-timeout',
    `libvirt reports no figures for ${name}.`,
    'Its QEMU hangs, it is gone, or another command of libvirt has it just now.',
  )
}
