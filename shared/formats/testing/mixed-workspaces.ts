import fc from 'fast-check'
import { chainOf, innermostGroup } from '#shared/workspace/chain.ts'
import { DEFAULT_DISK, EMPTY_WORKSPACE, IDLE, type Workspace } from '#shared/workspace/workspace.ts'

// For tests: disks d0 and d1 by calls of their own, d2 and d3 by filters, in up to three groups.

const GROUPS = ['g0', 'g1', 'g2']
const PLACES = fc.array(fc.constantFrom('g0', 'g1', 'g2', null), { minLength: 4, maxLength: 4 })

/** `places` are the groups of d0 to d3. */
export function mixedWorkspace(
  places: readonly (string | null)[],
  groups: readonly string[] = GROUPS,
  iops = 100,
): Workspace {
  const devices = places.map((place, index) => ({
    id: `d${index}`,
    groups: chainOf(place !== null && groups.includes(place) ? place : null),
    iothread: null,
    disk: DEFAULT_DISK,
    workload: IDLE,
    qemu: { style: index < 2 ? ('legacy' as const) : ('filter' as const) },
  }))
  const limits = groups.map((group) => [group, iops === 0 ? {} : { 'iops-total': iops }] as const)
  return { ...EMPTY_WORKSPACE, groups: Object.fromEntries(limits), devices }
}

const mixedArbitrary = fc
  .tuple(PLACES, fc.subarray(GROUPS), fc.constantFrom(100, 200, 0))
  .map(([places, groups, iops]) => mixedWorkspace(places, groups, iops))

/** Before and after; most groups live by their legacy disks at first. */
export const mixedChangeArbitrary = fc.tuple(PLACES, mixedArbitrary).map(([before, after]) => {
  const first = before.map((place, index) => (index < 2 ? (place ?? 'g1') : index === 2 ? null : place))
  return [mixedWorkspace(first), after] as const
})

/** One workspace after the other, each reached from the one before. */
export const mixedWalkArbitrary = fc.array(mixedArbitrary, { minLength: 2, maxLength: 12 })

/** Groups that are objects in a QEMU that holds `workspace`: all but those with legacy disks only. */
export function objectGroups({ groups, devices }: Workspace): readonly string[] {
  return Object.keys(groups).filter((group) => {
    const members = devices.filter((device) => innermostGroup(device) === group)
    return members.length === 0 || members.some((device) => device.qemu.style === 'filter')
  })
}
