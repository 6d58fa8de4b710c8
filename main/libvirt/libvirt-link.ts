import { type EngineError, NotRunningError } from '#main/engine-error.ts'
import type { StepAnswer } from '#main/live/apply-plan.ts'
import type { SessionLink } from '#main/live/session-link.ts'
import type { PlanStep } from '#main/live/steps.ts'
import type { LinkOptions } from '#main/live/vm-link.ts'
import type { LibvirtAddress } from '#shared/qemu/vm-address.ts'
import { formatVmCommand } from '#shared/qemu/vm-command.ts'
import { wordOf } from './domain-xml.ts'
import { findDomain } from './find-domain.ts'
import {
  type DomainOptions,
  type Figures,
  hasFigures,
  LibvirtDomain,
  noFigures,
  sendByVirsh,
} from './libvirt-domain.ts'
import { Virsh } from './virsh.ts'
import { readDomstats } from './virsh-answers.ts'
import { VirshOnDemand } from './virsh-on-demand.ts'

/** Another command of libvirt may have the domain for so long. */
const PATIENCE_MS = 10_000
const PAUSE_MS = 100

/**
 * One domain of a libvirt. It reads by `virsh -r`, which can change nothing; a second virsh that may is started for the first
 * change. Nothing taints the domain unless `mayTaint` allows it.
 */
export class LibvirtLink extends LibvirtDomain implements SessionLink {
  readonly version: string
  readonly #reader: Virsh
  readonly #writer: VirshOnDemand
  readonly #word: string

  /** Throws EngineError: no virsh, no libvirt, no such domain, or it does not run. */
  static async open(
    { uri, domain }: LibvirtAddress,
    { signal, mayTaint = never }: LinkOptions = {},
  ): Promise<LibvirtLink> {
    const reader = await Virsh.open({ uri, access: 'read', signal })
    try {
      const xml = await findDomain(reader, domain)
      const version = versionOf(await reader.run(['version']))
      const writer = new VirshOnDemand({ uri, access: 'write' })
      const link = new LibvirtLink({ xml, reader, writer, mayTaint }, { version, reader })
      await link.figures()
      return link
    } catch (error) {
      reader.close()
      throw error
    }
  }

  private constructor(about: DomainOptions, { version, reader }: { readonly version: string; readonly reader: Virsh }) {
    super(about)
    this.version = version
    this.#reader = reader
    this.#writer = about.writer
    this.#word = wordOf(about.xml)
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

  /**
   * Throws EngineError when the domain does not run, or for too long nothing is known of it. Who waits for a QEMU that hangs
   * keeps a thread of libvirtd, so it is asked again instead.
   */
  protected async figures(): Promise<Figures> {
    const untilMs = performance.now() + PATIENCE_MS
    for (;;) {
      const askedMs = performance.now()
      const text = await this.#reader.run(['domstats', '--state', '--block', '--nowait', this.#word])
      const slackMs = (performance.now() - askedMs) / 2
      const stats = readDomstats(text).get(this.name)
      if (stats === undefined || stats.state === 'ended') throw notRunning(this.#reader.uri, this.#word, this.name)
      if (hasFigures(stats)) return { stats, atMs: askedMs + slackMs, slackMs }
      if (performance.now() > untilMs) throw noFigures(this.name)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

function notRunning(uri: string, word: string, name: string): NotRunningError {
  const start = formatVmCommand({ connect: uri, virsh: ['start', word] })
  return new NotRunningError('libvirt-refused', `${name} does not run.`, `Start it: ${start}`)
}

function never(): 'never' {
  return 'never'
}

/** `Running hypervisor: QEMU 7.2.22` */
function versionOf(text: string): string {
  return /^Running hypervisor: QEMU (\S+)/m.exec(text)?.[1] ?? '?'
}
