import { EngineError } from '#main/engine-error.ts'
import { type StepAnswer, sendSteps } from '#main/live/apply-plan.ts'
import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import type { SessionLink } from '#main/live/session-link.ts'
import type { PlanStep } from '#main/live/steps.ts'
import type { ConnectOptions } from '#main/qmp/qmp-client.ts'
import { assert } from '#shared/assert.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { VmState } from '#shared/host-look.ts'
import type { LibvirtAddress } from '#shared/qemu/vm-address.ts'
import { isVirshCommand } from '#shared/qemu/vm-command.ts'
import { discoverDomain } from './discover-domain.ts'
import { type DomainXml, readDomainXml } from './domain-xml.ts'
import { readJob } from './read-job.ts'
import { Virsh } from './virsh.ts'
import { type DomainStats, readDomstats } from './virsh-answers.ts'

/**
 * One domain of a libvirt. It reads by `virsh -r`, which can change nothing; a second virsh that may is started for the first
 * change. No command of Weir's taints the domain.
 */
export class LibvirtLink implements SessionLink {
  readonly name: string
  readonly title: string | null
  readonly version: string
  readonly #reader: Virsh
  readonly #uri: string
  /** A name of digits only would be taken for a domain's number. */
  readonly #domain: string
  #writer: Promise<Virsh> | null = null
  #isClosed = false

  /** Throws EngineError: no virsh, no libvirt, no such domain, or it does not run. */
  static async open({ uri, domain }: LibvirtAddress, { signal }: ConnectOptions = {}): Promise<LibvirtLink> {
    const reader = await Virsh.open({ uri, access: 'read', signal })
    try {
      const xml = readDomainXml(await reader.run(['dumpxml', '--domain', domain]))
      const link = new LibvirtLink(reader, { uri, xml, version: versionOf(await reader.run(['version'])) })
      await link.#stats()
      return link
    } catch (error) {
      reader.close()
      throw error
    }
  }

  private constructor(
    reader: Virsh,
    about: { readonly uri: string; readonly xml: DomainXml; readonly version: string },
  ) {
    this.#reader = reader
    this.#uri = about.uri
    this.name = about.xml.name
    this.title = about.xml.title
    this.version = about.version
    this.#domain = /^\d+$/.test(about.xml.name) ? about.xml.uuid : about.xml.name
  }

  discover(): Promise<Picture> {
    return discoverDomain(this.#reader, this.#domain)
  }

  async look(nowNs: () => number): Promise<Look> {
    const askedNs = nowNs()
    const { disks } = await this.#stats()
    const slackNs = (nowNs() - askedNs) / 2
    return lookOf(disks, askedNs + slackNs, slackNs)
  }

  async runState(): Promise<VmState> {
    return (await this.#stats()).state
  }

  async jobs(): Promise<readonly BlockJob[]> {
    const jobs: BlockJob[] = []
    for (const { target } of (await this.#stats()).disks) {
      const job = readJob(target, await this.#reader.run(['blockjob', this.#domain, target, '--raw', '--bytes']))
      if (job !== null) jobs.push(job)
    }
    return jobs
  }

  send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]> {
    return sendSteps(async (command, timeoutMs) => {
      assert(isVirshCommand(command), 'a plan for libvirt has commands of virsh only')
      const writer = await this.#openWriter()
      try {
        await writer.run(command.virsh, timeoutMs)
        return { ok: true, value: {} }
      } catch (error) {
        if (!(error instanceof EngineError) || error.code !== 'libvirt-refused') throw error
        return { ok: false, class: '', desc: error.message }
      }
    }, steps)
  }

  /** virsh is not asked for events: each look finds what has changed. */
  onEvent(): void {}

  onClose(listener: (reason: EngineError) => void): void {
    this.#reader.onClose(listener)
  }

  close(): void {
    this.#isClosed = true
    this.#reader.close()
    void this.#writer?.then(
      (writer) => writer.close(),
      () => undefined,
    )
  }

  async #openWriter(): Promise<Virsh> {
    assert(!this.#isClosed, 'a closed link sends nothing')
    const opening = this.#writer ?? Virsh.open({ uri: this.#uri, access: 'write' })
    this.#writer = opening
    try {
      const writer = await opening
      writer.onClose(() => {
        if (this.#writer === opening) this.#writer = null
      })
      return writer
    } catch (error) {
      this.#writer = null
      throw error
    }
  }

  /** Throws EngineError when the domain does not run. */
  async #stats(): Promise<DomainStats> {
    const all = readDomstats(await this.#reader.run(['domstats', '--state', '--block', this.#domain]))
    const stats = all.get(this.name)
    if (stats && stats.state !== 'ended') return stats
    throw new EngineError('libvirt-refused', `${this.name} does not run.`, `Start it: virsh start ${this.name}`)
  }
}

export function lookOf(disks: DomainStats['disks'], atNs: number, slackNs: number): Look {
  return {
    stats: disks.map(({ target, counters }) => ({ key: target, chain: [], backing: [], counters })),
    atNs,
    slackNs,
  }
}

/** `Running hypervisor: QEMU 7.2.22` */
function versionOf(text: string): string {
  return /^Running hypervisor: QEMU (\S+)/m.exec(text)?.[1] ?? '?'
}
