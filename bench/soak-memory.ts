import { median } from './numbers.ts'

// Whether memory stays flat while the number of iothreads, each of which takes some 10 MiB, goes up and down: the last
// third of a run is compared with the middle one at equal numbers of iothreads. V8 is told to leave no garbage (soak.mjs).

/** What chance may do: when an iothread ends, and how the allocator's pieces lie. */
const SLACK_MIB = 12

interface Note {
  /** 0 … 1 of the run. */
  readonly at: number
  readonly iothreads: number
  readonly mib: number
}

export class SoakMemory {
  readonly #notes: Note[] = []

  note(at: number, iothreads: number): void {
    this.#notes.push({ at, iothreads, mib: process.memoryUsage.rss() / 2 ** 20 })
  }

  isFlat(): boolean {
    return this.#growthMiB() <= SLACK_MIB
  }

  words(): string {
    const mib = median(this.#notes.map((note) => note.mib))
    return `${mib.toFixed(0)} MiB, in the last third ${this.#growthMiB().toFixed(1)} MiB more than in the middle one`
  }

  /** Mean over the numbers of iothreads that both thirds have seen. */
  #growthMiB(): number {
    const [middle, last] = [byIothreads(this.#between(1 / 3, 2 / 3)), byIothreads(this.#between(2 / 3, Infinity))]
    const gains = [...last].flatMap(([iothreads, mib]) => {
      const before = middle.get(iothreads)
      return before === undefined ? [] : [mib - before]
    })
    return gains.length === 0 ? 0 : gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  }

  #between(from: number, to: number): readonly Note[] {
    return this.#notes.filter(({ at }) => at >= from && at < to)
  }
}

function byIothreads(notes: readonly Note[]): ReadonlyMap<number, number> {
  const counts = [...new Set(notes.map(({ iothreads }) => iothreads))]
  return new Map(
    counts.map((count) => [count, median(notes.filter((note) => note.iothreads === count).map(({ mib }) => mib))]),
  )
}
