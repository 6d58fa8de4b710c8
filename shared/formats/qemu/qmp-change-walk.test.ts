import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { mixedWalkArbitrary, mixedWorkspace, objectGroups } from '../testing/mixed-workspaces.ts'
import { qmpChange } from './qmp-change.ts'

// A change knows two workspaces, not what was sent before them: what each leaves in QEMU is what the next counts on.

/** The names of groups and who uses them, with the refusals of a real QEMU. */
class GroupNames {
  readonly objects = new Set<string>()
  readonly legacy = new Map<string, string>()
  readonly filters = new Map<string, string>()

  run({ execute, arguments: args }: QmpCommand): void {
    if (execute === 'object-add') this.#addObject(String(args.id))
    else if (execute === 'object-del') this.#deleteObject(String(args.id))
    else if (execute === 'qom-set') this.#mustBeObject(String(args.path).replace('/objects/', ''))
    else if (execute === 'blockdev-add') this.#setFilter(args)
    else if (execute === 'blockdev-reopen')
      for (const node of args.options as QmpCommand['arguments'][]) this.#setFilter(node)
    else if (execute === 'blockdev-del') this.filters.delete(String(args['node-name']))
    else if (args.iops === 0) this.legacy.delete(String(args.device))
    else this.legacy.set(String(args.device), String(args.group))
  }

  #isUsed(group: string): boolean {
    return [...this.legacy.values(), ...this.filters.values()].includes(group)
  }

  #mustBeObject(group: string): void {
    expect([...this.objects], 'there is such an object').toContain(group)
  }

  #addObject(group: string): void {
    expect(this.objects.has(group) || this.#isUsed(group), `A group named ${group} exists already`).toBe(false)
    this.objects.add(group)
  }

  #deleteObject(group: string): void {
    this.#mustBeObject(group)
    expect(this.#isUsed(group), `object '${group}' is in use, can not be deleted`).toBe(false)
    this.objects.delete(group)
  }

  #setFilter(node: QmpCommand['arguments']): void {
    const group = String(node['throttle-group'])
    expect(this.objects.has(group) || this.#isUsed(group), `Throttle group '${group}' does not exist`).toBe(true)
    this.filters.set(String(node['node-name']), group)
  }
}

/** The commands of each step, after QEMU's rules have let them pass and left what the workspace says. */
function walk(workspaces: readonly Workspace[]): readonly (readonly string[])[] {
  const qemu = new GroupNames()
  return workspaces.map((after, index) => {
    const { commands } = qmpChange(workspaces[index - 1] ?? EMPTY_WORKSPACE, after)
    for (const command of commands) qemu.run(command)
    expect([...qemu.objects].sort()).toEqual(objectGroups(after))
    const isLimited = (group: string | null) => group !== null && Object.keys(after.groups[group] ?? {}).length > 0
    const placed = after.devices.flatMap((device) => {
      const {
        id,
        qemu: { style },
      } = device
      const group = innermostGroup(device)
      if (group === null || (style === 'legacy' && !isLimited(group))) return []
      return [[style === 'legacy' ? id : `${id}-throttle`, group] as const]
    })
    expect(Object.fromEntries([...qemu.legacy, ...qemu.filters])).toEqual(Object.fromEntries(placed))
    return commands.map(({ execute, arguments: args }) =>
      [execute, args.device, args.id, args['node-name'], args.group, args['throttle-group'], args.iops]
        .filter((word) => word !== undefined)
        .join(' '),
    )
  })
}

const ALONE = mixedWorkspace(['g0', null, null, null], ['g0'])
const EMPTY = mixedWorkspace([null, null, null, null], ['g0'])
const MIXED = mixedWorkspace(['g0', null, 'g0', null], ['g0'])

test('a legacy disk that comes back to a group made again as an object and leaves once more repeats no name in use', () => {
  expect(walk([ALONE, EMPTY, ALONE, EMPTY])).toEqual([
    ['block_set_io_throttle d0 g0 100'],
    ['block_set_io_throttle d0 0', 'object-add g0'],
    ['object-del g0', 'block_set_io_throttle d0 g0 100'],
    ['block_set_io_throttle d0 0', 'object-add g0'],
  ])
})

test('a filter that comes to a legacy disk, and goes: the disk steps out while the object is made, and deleted', () => {
  expect(walk([ALONE, MIXED, mixedWorkspace(['g0', null, 'g0', null], ['g0'], 200), ALONE, EMPTY])).toEqual([
    ['block_set_io_throttle d0 g0 100'],
    ['block_set_io_throttle d0 0', 'object-add g0', 'blockdev-add d2-throttle g0', 'block_set_io_throttle d0 g0 100'],
    ['qom-set'],
    ['block_set_io_throttle d0 0', 'blockdev-del d2-throttle', 'object-del g0', 'block_set_io_throttle d0 g0 100'],
    ['block_set_io_throttle d0 0', 'object-add g0'],
  ])
})

test('what a disk loses by stepping out is noted; nothing of the workspace is lost', () => {
  const backAgain = expect.stringContaining(
    'disks of g0 leave and come back, so that their waiting requests go at once',
  )
  expect(qmpChange(ALONE, MIXED)).toMatchObject({ losses: [], notes: [expect.anything(), backAgain] })
  expect(qmpChange(MIXED, ALONE)).toMatchObject({
    losses: [],
    notes: [expect.anything(), expect.stringContaining('g0 gives up its object'), backAgain],
  })
})

test('no walk through workspaces of filters and legacy disks has a command that QEMU refuses (seed 21)', () => {
  fc.assert(
    fc.property(mixedWalkArbitrary, (workspaces) => {
      walk(workspaces)
    }),
    { numRuns: 1000, seed: 21 },
  )
})
