import { LIMIT_KEYS, limitOf } from '#shared/throttle/limits.ts'
import { laneOf } from '#shared/workspace/lanes.ts'
import { findDevice } from '#shared/workspace/workspace.ts'
import { laneName } from '../store/actions.ts'
import { useUi } from '../store/ui.ts'
import { issuesAt, useWorkspace } from '../store/workspace.ts'

// What is special about a lane or card right now, in a few words; null: nothing.

/** Why the desired limits of this group are not in force. */
export function useGroupIssue(group: string | null): string | null {
  return useWorkspace(({ issues }) =>
    issues.length === 0 || group === null ? null : (issuesAt(issues, `groups.${group}`)[0]?.message ?? null),
  )
}

export function useDeviceIssue(id: string): string | null {
  return useWorkspace(({ issues, workspace }) => {
    if (issues.length === 0) return null
    const index = workspace.devices.findIndex((device) => device.id === id)
    return issuesAt(issues, `devices[${index}]`)[0]?.message ?? null
  })
}

/** On a live VM: where the device still is, though the board has it elsewhere. */
export function useStagedMove(id: string, group: string | null): string | null {
  return useUi(({ mode, qemu }) => {
    if (mode !== 'qemu' || !qemu?.reality) return null
    const device = findDevice(qemu.reality, id)
    const real = device && laneOf(qemu.reality, device)
    return real === undefined || real === group ? null : `not applied yet: still in ${laneName(real)}`
  })
}

/** On a live VM: whether the group's limits wait to be applied. */
export function useStagedLimits(group: string | null): string | null {
  const limits = useWorkspace(({ workspace }) => (group === null ? undefined : workspace.groups[group]))
  return useUi(({ mode, qemu }) => {
    if (mode !== 'qemu' || !qemu?.reality || group === null || !limits) return null
    const real = qemu.reality.groups[group]
    if (!real) return 'not applied yet: new group'
    return LIMIT_KEYS.some((key) => limitOf(real, key) !== limitOf(limits, key)) ? 'limits not applied yet' : null
  })
}
