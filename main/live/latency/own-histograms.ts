import { type EngineError, NotRunningError } from '#main/engine-error.ts'
import { removeHistogramsCommand, setHistogramCommand } from '#main/qmp/latency-histogram.ts'
import { asEngineError } from '#main/qmp/qmp-errors.ts'
import type { StatsView } from '#main/qmp/qmp-views.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import { withTimeout } from '#main/with-timeout.ts'
import type { QemuState } from '#shared/ipc/contract.ts'
import { NS_PER_MS } from '#shared/units.ts'
import type { Look } from '../observer.ts'
import type { Picture, PictureDisk } from '../picture.ts'
import type { VmLink } from '../vm-link.ts'
import { ownerOf, WEIR_BOUNDARIES } from './boundaries.ts'

// Latency histograms that Weir sets in a VM when it is asked to. QEMU keeps one set of boundaries for a disk and does not
// say whose they are, so what is there decides, again at each look:
//
//   none               set Weir's (at first, and again after the VM was restarted)
//   Weir's boundaries  read them; removed at the end, whichever Weir set them: one that was killed leaves its behind
//   any other          somebody else's: read them, never set, never remove

const COMMAND_MS = 2000
/** For all that is done at the end, unless the way to the VM takes longer. */
const END_MS = 3000
export const NO_MONITOR =
  "Percentiles need QEMU's own monitor. Through libvirt Weir asks it only where you allow it, by --monitor-command or in the window: libvirt then marks the domain as tainted (custom-monitor) until it is shut down."

export class OwnHistograms {
  /** Disk → why it has none. */
  readonly #without = new Map<string, string>()
  #noMonitor = false
  #disks: readonly string[] = []
  #isOn: boolean

  constructor(isOn: boolean) {
    this.#isOn = isOn
  }

  get state(): Omit<QemuState['histograms'], 'taints'> {
    return { isOn: this.#isOn, problems: this.problems }
  }

  /** Sentences: of what no percentiles can be had. */
  get problems(): readonly string[] {
    if (this.#noMonitor) return [NO_MONITOR]
    return [...this.#without].map(([id, why]) => `${id} has no percentiles: ${why}`)
  }

  /** From the next look on they are set where there are none. */
  begin(): void {
    this.#isOn = true
    this.#without.clear()
  }

  /** After each look. What is refused once is not tried again. Tells whether there are other problems than before. */
  async keep(link: VmLink, picture: Picture, look: Look): Promise<boolean> {
    const before = this.problems.join()
    await this.#keep(link, picture, look)
    return this.problems.join() !== before
  }

  async #keep(link: VmLink, picture: Picture, { stats, isSecondHand }: Look): Promise<void> {
    if (!this.#isOn) return
    this.#noMonitor = link.execute === undefined
    // Another tool's may be there, and Weir's would be emptied.
    if (isSecondHand) return
    const views = disksWithViews(picture, stats)
    this.#disks = views.filter(([, view]) => isWeirs(view)).map(([disk]) => disk.id)
    for (const [disk, view] of views) {
      // It may have been told to end meanwhile.
      if (!this.#isOn || link.execute === undefined) return
      if (view.counters.histograms !== undefined || this.#without.has(disk.id)) continue
      if (disk.qdev === null) {
        this.#without.set(disk.id, 'it is plugged into no device, and QEMU sets histograms by device.')
        continue
      }
      const answer = await link.execute(setHistogramCommand(disk.qdev, WEIR_BOUNDARIES), COMMAND_MS)
      if (answer.ok) this.#disks = [...this.#disks, disk.id]
      else this.#without.set(disk.id, refusalWords(answer))
    }
  }

  /**
   * Removes Weir's. null as `link`: the VM is not reached. Gives a sentence for each that stays, and throws nothing that
   * a VM may cause.
   */
  async end(link: VmLink | null, picture: Picture | null, withinMs = END_MS): Promise<readonly string[]> {
    const wasOn = this.#isOn
    this.#isOn = false
    if (!wasOn || this.#noMonitor) return []
    if (link === null || picture === null) return this.#stranded('it does not answer', ' if it still runs')
    try {
      const left = await withTimeout(this.#remove(link, picture), withinMs)
      return left === 'late' ? this.#stranded(`the VM has not answered within ${withinMs / 1000} s`) : left
    } catch (error) {
      return this.#stranded(asEngineError(error).message.replace(/\.$/, ''))
    }
  }

  /** Of a VM that has ended nothing stays. */
  noteLost(reason: EngineError): void {
    if (reason instanceof NotRunningError) this.#disks = []
  }

  async #remove(link: VmLink, picture: Picture): Promise<readonly string[]> {
    const left: string[] = []
    const { stats, isSecondHand } = await link.look(() => performance.now() * NS_PER_MS)
    if (isSecondHand) return this.#stranded('QEMU did not answer')
    for (const [disk, view] of disksWithViews(picture, stats)) {
      if (!isWeirs(view) || disk.qdev === null || link.execute === undefined) continue
      if (view.counters.histograms?.hasOthers) {
        left.push(
          `${disk.id} keeps Weir's latency histogram: another tool has set one of flushes too, and QEMU removes all at once.`,
        )
        continue
      }
      const answer = await link.execute(removeHistogramsCommand(disk.qdev), COMMAND_MS)
      if (answer.ok) this.#disks = this.#disks.filter((id) => id !== disk.id)
      else left.push(`${disk.id} keeps Weir's latency histogram: ${refusalWords(answer)}`)
    }
    return left
  }

  #stranded(why: string, unless = ''): readonly string[] {
    if (this.#disks.length === 0) return []
    const disks = this.#disks.join(', ')
    return [
      `Weir's latency histograms of ${disks} stay in the VM${unless}: ${why}. They do no harm, and its next start has none.`,
    ]
  }
}

/** libvirt's own refusal has no class of QEMU's, and says whose it is. */
function refusalWords({ class: kind, desc }: Extract<QmpAnswer, { readonly ok: false }>): string {
  return kind === '' ? desc : `QEMU says ${desc}`
}

function isWeirs({ counters: { histograms } }: StatsView): boolean {
  return histograms !== undefined && ownerOf(histograms) === 'weir'
}

function disksWithViews(picture: Picture, stats: readonly StatsView[]): readonly (readonly [PictureDisk, StatsView])[] {
  const views = new Map(stats.map((view) => [view.key, view]))
  return picture.disks.flatMap((disk) => {
    const view = disk.countersKey === null ? undefined : views.get(disk.countersKey)
    return view === undefined ? [] : [[disk, view] as const]
  })
}
