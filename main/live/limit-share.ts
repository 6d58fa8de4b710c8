import { bucketUnit, directionsOf, leastUnits } from '#shared/throttle/counting.ts'
import { BUCKETS, type Direction, type Limits, limitOf } from '#shared/throttle/limits.ts'
import type { Picture } from './picture.ts'
import type { Passed } from './poured.ts'

export type PassedBoth = Readonly<Record<Direction, Passed>>

/**
 * Of each disk, the largest share of any limit over it that was used between two looks: 1 is all of an average. Members
 * use a group's limits together. Null: nothing limits the disk, or it is not told what does.
 */
export function limitShares(
  { disks, groups }: Picture,
  passed: ReadonlyMap<string, PassedBoth>,
  seconds: number,
): ReadonlyMap<string, number | null> {
  const shares = new Map(
    groups.map(({ name, limits }) => {
      const members = disks.filter((disk) => disk.groups.includes(name)).flatMap(({ id }) => passed.get(id) ?? [])
      return [name, limits === null ? null : shareOf(limits, members, seconds)]
    }),
  )
  return new Map(
    disks.map((disk) => {
      const known = disk.groups.flatMap((name) => shares.get(name) ?? [])
      return [disk.id, known.length === 0 ? null : Math.max(...known)]
    }),
  )
}

function shareOf(limits: Limits, members: readonly PassedBoth[], seconds: number): number | null {
  const sizeBytes = limitOf(limits, 'iops-size')
  const shares = BUCKETS.filter((bucket) => limitOf(limits, bucket) > 0).map((bucket) => {
    const isBytes = bucketUnit(bucket) === 'bps'
    const units = directionsOf(bucket).flatMap((direction) =>
      members.map((member) => (isBytes ? member[direction].bytes : leastUnits(member[direction], sizeBytes))),
    )
    return units.reduce((sum, each) => sum + each, 0) / seconds / limitOf(limits, bucket)
  })
  return shares.length === 0 ? null : Math.max(...shares)
}
