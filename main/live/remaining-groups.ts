import type { Aim } from './aim.ts'
import { endsIn, stays } from './disk-aim.ts'
import type { Picture } from './picture.ts'
import type { Steps } from './steps.ts'

/** Which groups are there after the steps, and which QEMU forgets with their last disk. `made`: those that get an object. */
export function remainingGroups(
  aim: Aim,
  picture: Picture,
  made: Iterable<string>,
): Pick<Steps, 'kept' | 'forgotten' | 'warnings'> {
  const staying = picture.groups.filter((group) => !aim.removed.includes(group))
  const kept = new Set([
    ...staying
      .filter(({ name, isObject }) => isObject || aim.disks.some((disk) => endsIn(disk, name)))
      .map(({ name }) => name),
    ...made,
    ...aim.disks.filter((disk) => !stays(disk)).flatMap(({ to }) => to),
  ])
  const forgotten = staying
    .filter(({ name }) => !kept.has(name) && aim.groups.get(name)?.inDesired)
    .map(({ name }) => name)
  const warnings = forgotten.map((name) => `${name} has no disks left: QEMU forgets it and its limits.`)
  return { kept, forgotten: new Set(forgotten), warnings }
}
