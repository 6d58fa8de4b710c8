import type { BlockJob, LiveJob } from '#shared/block-job.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Picture, PictureDisk } from '../picture.ts'

// Block jobs beside the disks and groups of a VM. A job is held by the limits of a group only if its requests go through
// a throttle filter of it: a job on a node below the filter is not, nor one on a disk with limits of its own, which are the
// guest's alone.

/** Rates are over about this time. */
const WINDOW_NS = 10 * NS_PER_S
const MAX_POINTS = 64

interface Point {
  readonly atNs: number
  readonly doneBytes: number
}

export class JobWatch {
  readonly #points = new Map<string, readonly Point[]>()

  /** `picture` has the names of the board. */
  look(picture: Picture, jobs: readonly BlockJob[], atNs: number): readonly LiveJob[] {
    for (const id of this.#points.keys()) if (!jobs.some((job) => job.id === id)) this.#points.delete(id)
    return jobs.map((job) => {
      const { nodes, throughFilters, ...about } = job
      return { ...about, ...placeOf(picture, job), rateBps: this.#rate(job, atNs) }
    })
  }

  #rate({ id, doneBytes }: BlockJob, atNs: number): number | null {
    const before = this.#points.get(id) ?? []
    // A job of the same name began again.
    const known = (before.at(-1)?.doneBytes ?? 0) > doneBytes ? [] : before
    const points = [...known.filter((point) => atNs - point.atNs <= WINDOW_NS), { atNs, doneBytes }].slice(-MAX_POINTS)
    this.#points.set(id, points)
    const [first] = points
    if (first === undefined || first.atNs === atNs) return null
    return ((doneBytes - first.doneBytes) / (atNs - first.atNs)) * NS_PER_S
  }
}

function placeOf(
  picture: Picture,
  { id, nodes, throughFilters }: BlockJob,
): Pick<LiveJob, 'disks' | 'takesFrom' | 'passesBy'> {
  const disks = picture.disks.filter((disk) => (nodes === null ? disk.countersKey === id : isThrough(disk, nodes)))
  const all = [...new Set(disks.flatMap(({ groups }) => groups))]
  const ids = disks.map((disk) => disk.id)
  // libvirt alone does not say whether a job goes through a filter; without one there is nothing to go through.
  if (nodes === null && throughFilters === undefined && disks.some((disk) => disk.filters.length > 0))
    return { disks: ids, takesFrom: null, passesBy: [] }
  const filters =
    nodes === null
      ? disks.flatMap((disk) => (throughFilters ? disk.filters : []))
      : picture.disks.flatMap((disk) => disk.filters).filter(({ node }) => nodes.includes(node))
  const takesFrom = [...new Set(filters.flatMap(({ group }) => group ?? []))]
  return { disks: ids, takesFrom, passesBy: all.filter((group) => !takesFrom.includes(group)) }
}

function isThrough({ node, filters }: PictureDisk, nodes: readonly string[]): boolean {
  return (node !== null && nodes.includes(node)) || filters.some((filter) => nodes.includes(filter.node))
}
