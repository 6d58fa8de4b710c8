import { hasAnyLimit } from '#shared/throttle/limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// Who is never held up by a throttle. A group without an average, now and after every step of the script, lets every
// request go and keeps nothing of it.

/** The groups that have a limit at some time of the run. */
export function limitedGroups({ groups, script }: Workspace): ReadonlySet<string> {
  const limited = Object.entries(groups).filter(([, limits]) => hasAnyLimit(limits))
  const set = script.flatMap((step) =>
    'setLimits' in step && hasAnyLimit(step.setLimits.limits) ? [step.setLimits.group] : [],
  )
  return new Set([...limited.map(([name]) => name), ...set])
}

/** Ids of the devices that are in none of these groups at any time. */
export function unlimitedDevices({ devices, script }: Workspace, limited: ReadonlySet<string>): ReadonlySet<string> {
  const ids = new Set(devices.filter(({ groups }) => !groups.some((group) => limited.has(group))).map(({ id }) => id))
  for (const step of script) {
    if ('moveDevice' in step && step.moveDevice.groups.some((group) => limited.has(group)))
      ids.delete(step.moveDevice.device)
  }
  return ids
}
