import { EngineError } from '#main/engine-error.ts'
import { type StepAnswer, sendSteps } from '#main/live/apply-plan.ts'
import type { LinkOptions, VmLink } from '#main/live/host/vm-port.ts'
import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import type { SessionLink } from '#main/live/session-link.ts'
import type { PlanStep } from '#main/live/steps.ts'
import type { Counters } from '#main/qmp/qmp-views.ts'
import { assert } from '#shared/assert.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { VmState } from '#shared/host-look.ts'
import type { LibvirtAddress } from '#shared/qemu/vm-address.ts'
import { isVirshCommand } from '#shared/qemu/vm-command.ts'
import { discoverDomain, type VirshReader } from './discover-domain.ts'
import { type DomainXml, readDomainXml } from './domain-xml.ts'
import { LibvirtMonitor, type OwnCounters } from './libvirt-monitor.ts'
import { readJob } from './read-job.ts'
import { Virsh } from './virsh.ts'
import { type DiskStats, type DomainStats, readDomstats } from './virsh-answers.ts'
import { VirshOnDemand } from './virsh-on-demand.ts'

/**
 * One domain of a libvirt. It reads by `virsh -r`, which can change nothing; a second virsh that may is started for the first
 * change. Nothing taints the domain unless `mayTaint` allows it.
 */
export class LibvirtLink implements SessionLink {
  readonly name: string
  readonly title: string | null
  readonly version: string
  readonly #reader: Virsh
  readonly #writer: VirshOnDemand
  readonly #monitor: LibvirtMonitor
  readonly #mayTaint: () => boolean
  readonly #domain: string
  #qdevs: ReadonlyMap<string, string> = new Map()

  /** Throws EngineError: no virsh, no libvirt, no such domain, or it does not run. */
  static async open(
    { uri, domain }: LibvirtAddress,
    { signal, mayTaint = never }: LinkOptions = {},
  ): Promise<LibvirtLink> {
    const reader = await Virsh.open({ uri, access: 'read', signal })
    try {
      const xml = readDomainXml(await reader.run(['dumpxml', '--domain', domain]))
      const version = versionOf(await reader.run(['version']))
      const link = new LibvirtLink(reader, { uri, xml, version, mayTaint })
      await link.#stats()
      return link
    } catch (error) {
      reader.close()
      throw error
    }
  }

  private constructor(
    reader: Virsh,
    about: {
      readonly uri: string
      readonly xml: DomainXml
      readonly version: string
      readonly mayTaint: () => boolean
    },
  ) {
    this.#reader = reader
    this.#mayTaint = about.mayTaint
    this.name = about.xml.name
    this.title = about.xml.title
    this.version = about.version
    this.#domain = wordOf(about.xml)
    this.#writer = new VirshOnDemand({ uri: about.uri, access: 'write' })
    this.#monitor = new LibvirtMonitor(this.#writer, this.#domain)
  }

  get execute(): VmLink['execute'] {
    return this.#mayTaint() ? (command, timeoutMs) => this.#monitor.execute(command, timeoutMs) : undefined
  }

  async discover(): Promise<Picture> {
    const picture = await discoverDomain(this.#reader, this.#domain)
    this.#qdevs = qdevsOf(picture)
    return picture
  }

  async look(nowNs: () => number): Promise<Look> {
    const askedNs = nowNs()
    const { disks } = await this.#stats()
    const own = this.#mayTaint() ? await this.#monitor.counters() : 'forbidden'
    const slackNs = (nowNs() - askedNs) / 2
    return lookWith(own, { disks, qdevs: this.#qdevs, atNs: askedNs + slackNs, slackNs })
  }

  async runState(): Promise<VmState> {
    return (await this.#stats()).state
  }

  async jobs(): Promise<readonly BlockJob[]> {
    return domainJobs(this.#reader, this.#domain, (await this.#stats()).disks)
  }

  send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]> {
    return sendByVirsh(this.#writer, steps)
  }

  /** virsh is not asked for events: each look finds what has changed. */
  onEvent(): void {}

  onClose(listener: (reason: EngineError) => void): void {
    this.#reader.onClose(listener)
  }

  close(): void {
    this.#reader.close()
    this.#writer.close()
  }

  /** Throws EngineError when the domain does not run. */
  async #stats(): Promise<DomainStats> {
    const all = readDomstats(await this.#reader.run(['domstats', '--state', '--block', this.#domain]))
    const stats = all.get(this.name)
    if (stats && stats.state !== 'ended') return stats
    throw new EngineError('libvirt-refused', `${this.name} does not run.`, `Start it: virsh start ${this.name}`)
  }
}

/** What virsh takes for the domain: a name of digits only would be taken for its number. */
export function wordOf({ name, uuid }: DomainXml): string {
  return /^\d+$/.test(name) ? uuid : name
}

export async function domainJobs(
  virsh: VirshReader,
  domain: string,
  disks: DomainStats['disks'],
): Promise<readonly BlockJob[]> {
  const jobs: BlockJob[] = []
  for (const { target } of disks) {
    const job = readJob(target, await virsh.run(['blockjob', domain, target, '--raw', '--bytes']))
    if (job !== null) jobs.push(job)
  }
  return jobs
}

export function sendByVirsh(writer: VirshOnDemand, steps: readonly PlanStep[]): Promise<readonly StepAnswer[]> {
  return sendSteps(async (command, timeoutMs) => {
    assert(isVirshCommand(command), 'a plan for libvirt has commands of virsh only')
    try {
      await writer.run(command.virsh, timeoutMs)
      return { ok: true, value: {} }
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'libvirt-refused') throw error
      return { ok: false, class: '', desc: error.message }
    }
  }, steps)
}

interface Counted {
  readonly disks: DomainStats['disks']
  readonly qdevs: ReadonlyMap<string, string>
  readonly atNs: number
  readonly slackNs: number
}

/** What libvirt counts, with QEMU's own counters where it gave them. */
export function lookWith(own: OwnCounters, { disks, qdevs, atNs, slackNs }: Counted): Look {
  if (own === 'forbidden') return lookOf(disks, atNs, slackNs)
  if (own === 'refused') return { ...lookOf(disks, atNs, slackNs), isSecondHand: true }
  return lookOf(withOwn(disks, qdevs, own), atNs, slackNs)
}

export function lookOf(disks: DomainStats['disks'], atNs: number, slackNs: number): Look {
  return {
    stats: disks.flatMap(({ target, counters }) =>
      counters === null ? [] : [{ key: target, chain: [], backing: [], counters }],
    ),
    atNs,
    slackNs,
  }
}

/** Disks with QEMU's own counters in place of libvirt's, which leave out some. */
function withOwn(
  disks: DomainStats['disks'],
  qdevs: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, Counters>,
): readonly DiskStats[] {
  return disks.map((disk) => ({ ...disk, counters: own.get(qdevs.get(disk.target) ?? '') ?? disk.counters }))
}

/** libvirt's name of a disk → QEMU's. */
export function qdevsOf({ disks }: Picture): ReadonlyMap<string, string> {
  return new Map(disks.flatMap(({ id, qdev }) => (qdev === null ? [] : [[id, qdev] as const])))
}

function never(): boolean {
  return false
}

/** `Running hypervisor: QEMU 7.2.22` */
function versionOf(text: string): string {
  return /^Running hypervisor: QEMU (\S+)/m.exec(text)?.[1] ?? '?'
}
