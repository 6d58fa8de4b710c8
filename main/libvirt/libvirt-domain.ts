import { EngineError, NotRunningError } from '#main/engine-error.ts'
import { type StepAnswer, sendSteps } from '#main/live/apply-plan.ts'
import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import type { PlanStep } from '#main/live/steps.ts'
import type { TaintLeave, VmLink } from '#main/live/vm-link.ts'
import { assert } from '#shared/assert.ts'
import type { BlockJob } from '#shared/block-job.ts'
import { isVirshCommand } from '#shared/qemu/vm-command.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { discoverDomain, type VirshReader } from './discover-domain.ts'
import { type DomainXml, wordOf } from './domain-xml.ts'
import { LibvirtMonitor, type OwnCounters } from './libvirt-monitor.ts'
import { withOwnJob } from './own-jobs.ts'
import { readJob } from './read-job.ts'
import type { DiskStats, DomainStats } from './virsh-answers.ts'
import type { VirshOnDemand } from './virsh-on-demand.ts'

/** What was asked for within this time is as good as new. */
export const FRESH_MS = 400

/** What `domstats` said of a domain, and when, on the clock of `performance`. */
export interface Figures {
  readonly stats: DomainStats
  readonly atMs: number
  readonly slackMs: number
}

export interface DomainOptions {
  readonly xml: DomainXml
  readonly reader: VirshReader
  /** For QEMU's own monitor. */
  readonly writer: VirshOnDemand
  readonly mayTaint: () => TaintLeave
}

/** A domain of a libvirt: alone, or one of a host. */
export abstract class LibvirtDomain implements VmLink {
  readonly name: string
  readonly title: string | null
  readonly #reader: VirshReader
  readonly #monitor: LibvirtMonitor
  readonly #mayTaint: () => TaintLeave
  readonly #run: { readonly uuid: string; readonly id: string | null }
  readonly #domain: string
  #qdevs: ReadonlyMap<string, string> = new Map()
  #latest: { readonly askedMs: number; readonly figures: Promise<Figures> } | null = null

  constructor({ xml, reader, writer, mayTaint }: DomainOptions) {
    this.name = xml.name
    this.title = xml.title
    this.#domain = wordOf(xml)
    this.#reader = reader
    this.#monitor = new LibvirtMonitor(writer, xml.uuid)
    this.#mayTaint = mayTaint
    this.#run = xml
  }

  /** Asks libvirt. Throws EngineError where it gives none. */
  protected abstract figures(): Promise<Figures>
  abstract send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]>
  abstract close(): void

  get execute(): VmLink['execute'] {
    if (this.#mayTaint() === 'never') return undefined
    return async (command, timeoutMs) => {
      await this.#checkRun()
      return this.#monitor.execute(command, timeoutMs)
    }
  }

  async discover(): Promise<Picture> {
    // Of a QEMU that hangs nothing else is asked: each question would keep a thread of libvirtd.
    const { stats } = await this.#recent()
    const picture = await discoverDomain(this.#reader, this.#domain, stats)
    this.#qdevs = qdevsOf(picture)
    return picture
  }

  async look(nowNs: () => number): Promise<Look> {
    const { stats, atMs, slackMs } = await this.#ask()
    const libvirts = lookOf(stats.disks, onClock(nowNs, atMs), slackMs * NS_PER_MS)
    if (this.#mayTaint() === 'never') return libvirts
    await this.#checkRun()
    const askedNs = nowNs()
    const own = await this.#monitor.counters()
    const slackNs = (nowNs() - askedNs) / 2
    return lookWith(own, libvirts, { qdevs: this.#qdevs, atNs: askedNs + slackNs, slackNs })
  }

  async runState(): Promise<DomainStats['state']> {
    return (await this.#recent()).stats.state
  }

  async jobs(): Promise<readonly BlockJob[]> {
    const jobs: BlockJob[] = []
    for (const { target } of (await this.#recent()).stats.disks) {
      const job = readJob(target, await this.#reader.run(['blockjob', this.#domain, target, '--raw', '--bytes']))
      if (job !== null) jobs.push(job)
    }
    if (jobs.length === 0 || this.#mayTaint() === 'never') return jobs
    await this.#checkRun()
    const own = await this.#monitor.jobs()
    return own === null ? jobs : jobs.map((job) => withOwnJob(job, own))
  }

  /** Throws EngineError where the leave to taint was for a run of the domain that has ended. */
  async #checkRun(): Promise<void> {
    const { uuid, id } = this.#run
    if (this.#mayTaint() !== 'this-run' || (await this.#reader.run(['domid', uuid])).trim() === id) return
    throw new NotRunningError('qmp-lost', `${this.name} has ended, or was started again.`, 'Weir connects to it again.')
  }

  #ask(): Promise<Figures> {
    const figures = this.figures()
    this.#latest = { askedMs: performance.now(), figures }
    return figures
  }

  /** Those of the look just taken, or under way. */
  #recent(): Promise<Figures> {
    const latest = this.#latest
    return latest !== null && performance.now() - latest.askedMs < FRESH_MS ? latest.figures : this.#ask()
  }
}

/** Whether `domstats --nowait` told what the disks did. */
export function hasFigures({ disks }: DomainStats): boolean {
  return disks.length === 0 || disks.some(({ counters }) => counters !== null)
}

export function noFigures(name: string): EngineError {
  return new EngineError(
    'qmp-timeout',
    `libvirt reports no figures for ${name}.`,
    'Its QEMU hangs, it is gone, or another libvirt operation holds it right now.',
  )
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

interface Asked {
  /** libvirt's name of a disk → QEMU's. */
  readonly qdevs: ReadonlyMap<string, string>
  readonly atNs: number
  readonly slackNs: number
}

/**
 * QEMU's own counters where it gave them, instead of libvirt's. Of a disk that its answer does not have none is taken:
 * libvirt's are of another moment, and leave out some.
 */
export function lookWith(own: OwnCounters, libvirts: Look, { qdevs, atNs, slackNs }: Asked): Look {
  if (own === 'forbidden') return libvirts
  if (own === 'refused') return { ...libvirts, isSecondHand: true }
  const stats = libvirts.stats.flatMap((view) => {
    const counters = own.get(qdevs.get(view.key) ?? '')
    return counters === undefined ? [] : [{ ...view, counters }]
  })
  return { stats, atNs, slackNs }
}

function lookOf(disks: readonly DiskStats[], atNs: number, slackNs: number): Look {
  const stats = disks.flatMap(({ target, counters }) =>
    counters === null ? [] : [{ key: target, chain: [], backing: [], counters }],
  )
  return { stats, atNs, slackNs }
}

function qdevsOf({ disks }: Picture): ReadonlyMap<string, string> {
  return new Map(disks.flatMap(({ id, qdev }) => (qdev === null ? [] : [[id, qdev] as const])))
}

/** A moment of the clock of `performance` on another that goes as fast. */
function onClock(nowNs: () => number, atMs: number): number {
  return nowNs() - (performance.now() - atMs) * NS_PER_MS
}
