import { useMemo } from 'react'
import type { LiveJob } from '#shared/block-job.ts'
import { hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { useHost } from '../store/host.ts'
import { useLive } from '../store/live.ts'
import { useUi } from '../store/ui.ts'
import { useJobs } from './JobCards.tsx'

// What can be lifted of a VM: of the one on the board, or of one in the table of its host.

export interface LiftTarget {
  readonly name: string
  /** Whether it can be changed now. */
  readonly isReached: boolean
  readonly isLifted: boolean
  /** Groups that have a limit. */
  readonly limited: readonly string[]
  /** Disks in such a group. */
  readonly held: readonly string[]
  readonly jobs: readonly LiveJob[]
}

const NO_JOBS: readonly LiveJob[] = []

/** `vm`: its id in the table; null: the one on the board. */
export function useLiftTarget(vm: string | null): LiftTarget {
  const onBoard = useBoardTarget()
  const look = useHost(({ host }) => host?.look.vms.find(({ id }) => id === vm))
  const isLifted = useHost(({ host }) => vm !== null && host?.lifts[vm] !== undefined)
  return useMemo(() => {
    if (vm === null) return onBoard
    const groups = new Map((look?.groups ?? []).map((group) => [group.name, group.limits ?? {}]))
    return {
      name: look?.name ?? '',
      isReached: look?.up === true,
      isLifted,
      ...whatOf(groups, look?.disks ?? []),
      jobs: look?.jobs ?? NO_JOBS,
    }
  }, [vm, onBoard, look, isLifted])
}

function useBoardTarget(): LiftTarget {
  const name = useUi((ui) => ui.qemu?.label ?? '')
  const isReached = useUi((ui) => ui.qemu?.status === 'attached')
  const isLifted = useLive(({ lift }) => lift !== null)
  const reality = useUi((ui) => ui.qemu?.reality)
  const jobs = useJobs()
  return useMemo(() => {
    const groups = new Map(Object.entries(reality?.groups ?? {}))
    return { name, isReached, isLifted, ...whatOf(groups, reality?.devices ?? []), jobs }
  }, [name, isReached, isLifted, reality, jobs])
}

function whatOf(
  groups: ReadonlyMap<string, Partial<Limits>>,
  disks: readonly { readonly id: string; readonly groups: readonly string[] }[],
): Pick<LiftTarget, 'limited' | 'held'> {
  const limited = [...groups].flatMap(([name, limits]) => (hasAnyLimit(limits) ? [name] : []))
  const held = disks.filter((disk) => disk.groups.some((name) => limited.includes(name)))
  return { limited, held: held.map(({ id }) => id) }
}
