import { EngineError } from '#main/engine-error.ts'
import type { StepAnswer } from '#main/live/apply-plan.ts'
import type { VmPlace, VmPort } from '#main/live/host/vm-port.ts'
import type { PlanStep } from '#main/live/steps.ts'
import type { LinkOptions, TaintLeave, VmLink } from '#main/live/vm-link.ts'
import { formatVmAddress } from '#shared/qemu/vm-address.ts'
import { type DomainXml, wordOf } from './domain-xml.ts'
import { findDomain, wordFor } from './find-domain.ts'
import { type Figures, FRESH_MS, hasFigures, LibvirtDomain, noFigures, sendByVirsh } from './libvirt-domain.ts'
import { readDomstats } from './virsh-answers.ts'
import { VirshOnDemand } from './virsh-on-demand.ts'

/** What a command may take while all domains wait for it. */
const PATIENCE_MS = 3000
/** As many virsh ask at once where each domain is asked by itself. */
const LANES = 8
/** How often, and after what time, a domain that was busy is asked again. */
const BUSY_TRIES = 3
const BUSY_MS = 100
const STATS = ['domstats', '--state', '--block', '--nowait']

type HostFigures = ReadonlyMap<string, Figures>

export interface LibvirtPortOptions {
  /** Whether the user allows `qemu-monitor-command` for all domains, which taints them. */
  readonly mayTaint?: () => TaintLeave
  readonly patienceMs?: number
}

// Every running domain of a libvirt, by one read-only virsh; where it may taint them, a second one asks QEMU itself. A change
// has a virsh of its own.
//
// A domain whose QEMU hangs holds up the first command about it, and with that every other domain, for as long as a command
// may take: then each domain is asked by itself. From then on libvirt waits for that QEMU, and `domstats --nowait` gives the
// domain without figures at once: so it is asked for these first, and for nothing else while there are none. Each command that
// hangs keeps a thread of libvirtd.
export class LibvirtPort implements VmPort {
  readonly name: string
  /** One virsh serves all domains in turn: who waits behind the others is not silent. A command has a time of its own. */
  readonly lookMs = 30_000
  readonly uri: string
  readonly #patienceMs: number
  readonly #reader: VirshOnDemand
  readonly writer: VirshOnDemand
  readonly #mayTaint: () => TaintLeave
  /** One `domstats` answers for every domain. */
  #latest: { readonly askedMs: number; readonly answer: Promise<HostFigures>; isOver: boolean } | null = null

  constructor(uri: string, { mayTaint = never, patienceMs = PATIENCE_MS }: LibvirtPortOptions = {}) {
    this.uri = uri
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
      id: formatVmAddress({ kind: 'libvirt', uri: this.uri, domain }),
      label: domain,
    }))
  }

  async open({ label }: VmPlace, { mayTaint = never }: Pick<LinkOptions, 'mayTaint'>): Promise<VmLink> {
    // One that was started just now is not among the figures of the others.
    const figures =
      (await this.#figures()).get(label) ?? (await this.#ask(this.#reader, await wordFor(this, label))).get(label)
    known(label, figures)
    const xml = await findDomain(this, label)
    return new HostedDomain(this, xml, () => (this.#mayTaint() === 'always' ? 'always' : mayTaint()))
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
    return new VirshOnDemand({ uri: this.uri, access: 'write' })
  }

  /** Throws EngineError where libvirt gives none of this domain. */
  async figuresOf(xml: DomainXml): Promise<Figures> {
    let figures = (await this.#figures()).get(xml.name)
    // Another command may have had the domain just then; of a QEMU that hangs there are none in these either, at once.
    for (let again = 0; again < BUSY_TRIES && figures !== undefined && !hasFigures(figures.stats); again += 1) {
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS))
      figures = (await this.#ask(this.#reader, wordOf(xml))).get(xml.name)
    }
    return known(xml.name, figures)
  }

  async #figures(): Promise<HostFigures> {
    const latest = this.#latest
    if (latest !== null && (!latest.isOver || performance.now() - latest.askedMs < FRESH_MS)) return latest.answer
    const asking = { askedMs: performance.now(), answer: this.#askAll(), isOver: false }
    this.#latest = asking
    try {
      return await asking.answer
    } catch (error) {
      this.#latest = null
      throw error
    } finally {
      asking.isOver = true
    }
  }

  async #askAll(): Promise<HostFigures> {
    try {
      return await this.#ask(this.#reader, '--list-active')
    } catch (error) {
      if (!isOfDomain(error)) throw error
      return this.#askEach((await this.list()).map(({ label }) => label))
    }
  }

  /** So that one that hangs holds up none but those behind it in its lane, and fails nobody. */
  async #askEach(names: readonly string[]): Promise<HostFigures> {
    const left = [...names]
    const found: (readonly [string, Figures])[] = []
    const ask = async (virsh: VirshOnDemand): Promise<void> => {
      for (let name = left.shift(); name !== undefined; name = left.shift()) {
        try {
          found.push(...(await this.#ask(virsh, await wordFor(this, name))))
        } catch (error) {
          if (!isOfDomain(error)) throw error
        }
      }
    }
    const lanes = names.slice(0, LANES).map(() => new VirshOnDemand({ uri: this.uri, access: 'read' }))
    try {
      await Promise.all(lanes.map(ask))
    } finally {
      for (const lane of lanes) lane.close()
    }
    return new Map(found)
  }

  async #ask(virsh: VirshOnDemand, which: string): Promise<HostFigures> {
    const askedMs = performance.now()
    const text = await virsh.run([...STATS, which], this.#patienceMs)
    const slackMs = (performance.now() - askedMs) / 2
    const atMs = askedMs + slackMs
    return new Map([...readDomstats(text)].map(([name, stats]) => [name, { stats, atMs, slackMs }]))
  }
}

class HostedDomain extends LibvirtDomain {
  readonly #port: LibvirtPort
  readonly #xml: DomainXml

  constructor(port: LibvirtPort, xml: DomainXml, mayTaint: () => TaintLeave) {
    super({ xml, reader: port, writer: port.writer, mayTaint })
    this.#port = port
    this.#xml = xml
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

  protected figures(): Promise<Figures> {
    return this.#port.figuresOf(this.#xml)
  }
}

function never(): 'never' {
  return 'never'
}

/** Throws EngineError where libvirt gives no figures. */
function known(name: string, figures: Figures | undefined): Figures {
  if (figures !== undefined && hasFigures(figures.stats)) return figures
  throw noFigures(name)
}

/** One domain hangs or is gone; libvirt itself is there. */
function isOfDomain(error: unknown): boolean {
  return error instanceof EngineError && ['qmp-timeout', 'libvirt-refused'].includes(error.code)
}
