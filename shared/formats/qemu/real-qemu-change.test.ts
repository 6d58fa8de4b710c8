import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { legacyView } from '#shared/qemu/legacy-limits.ts'
import { fullLimits, hasAnyLimit } from '#shared/throttle/limits.ts'
import { chainOf, innermostGroup, isThrottled } from '#shared/workspace/chain.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import {
  absent,
  addDrives,
  addNodes,
  endAll,
  expectFilterViews,
  expectLegacyViews,
  filtersIn,
  HAS_QEMU,
  objectsIn,
  type Qemu,
  SLOW_MS,
  SYSTEM,
  start,
  type View,
  WORKSPACES,
  write,
} from '../fixtures/real-qemu.ts'
import { limitsOfInnermost } from '../levels.ts'
import { mixedChangeArbitrary, mixedWalkArbitrary, mixedWorkspace, objectGroups } from '../testing/mixed-workspaces.ts'
import { named, qemuNames } from './qemu-names.ts'

// What leads a real QEMU from one workspace to the next, looked at through QEMU's own views after every step.

afterEach(endAll)

function only(workspace: Workspace, style: 'legacy' | 'filter'): Workspace {
  return { ...workspace, devices: workspace.devices.filter((device) => device.qemu.style === style) }
}

/** What a QEMU shows that was led from workspace to workspace. */
async function expectMixedViews(qemu: Qemu, workspace: Workspace): Promise<void> {
  await expectLegacyViews(qemu, only(workspace, 'legacy'))
  const filters = only(workspace, 'filter').devices.filter(isThrottled)
  expect(await filtersIn(qemu)).toEqual(
    Object.fromEntries(filters.map((each) => [`${each.id}-throttle`, innermostGroup(each)])),
  )
  const objects = [...(await objectsIn(qemu))]
  expect(objects.sort()).toEqual(objectGroups(workspace))
  for (const group of objects) {
    const limits = await qemu.do('qom-get', { path: `/objects/${group}`, property: 'limits' })
    expect(limits, group).toEqual(fullLimits(workspace.groups[group] ?? {}))
  }
}

/** Sends every change of a walk, and looks after each. */
async function walk(workspaces: readonly Workspace[]): Promise<void> {
  const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
  const [first = EMPTY_WORKSPACE] = workspaces
  await addDrives(qemu, only(first, 'legacy'))
  await addNodes(qemu, only(first, 'filter'))
  let now = EMPTY_WORKSPACE
  for (const next of workspaces) {
    await qemu.feed(write('qmp-change', next, { since: now }).text)
    await expectMixedViews(qemu, next)
    now = next
  }
}

describe.runIf(HAS_QEMU)(`a real QEMU${absent('qemu-system-x86_64', HAS_QEMU)} takes`, () => {
  test(
    'qmp-change from one workspace to the next, filters',
    async () => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
      let now: Workspace = EMPTY_WORKSPACE
      const known = new Set<string>()
      for (const next of WORKSPACES) {
        for (const { node } of qemuNames(next, 'object', 'filter').devices.values()) {
          if (!known.has(node)) await qemu.do('blockdev-add', { driver: 'null-co', 'node-name': node })
          known.add(node)
        }
        await qemu.feed(write('qmp-change', next, { since: now }).text)
        await expectFilterViews(qemu, next)
        now = next
      }
    },
    SLOW_MS,
  )

  test(
    'qmp-change from one workspace to the next, legacy',
    async () => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'none', ...SYSTEM])
      let now: Workspace = EMPTY_WORKSPACE
      const known = new Set<string>()
      for (const next of WORKSPACES) {
        for (const { drive } of qemuNames(next, 'name', 'legacy').devices.values()) {
          if (!known.has(drive))
            await qemu.do('human-monitor-command', { 'command-line': `drive_add 0 if=none,id=${drive},driver=null-co` })
          known.add(drive)
        }
        await qemu.feed(write('qmp-change', next, { since: now, style: 'legacy' }).text)
        const views = (await qemu.do('query-block')) as View[]
        const names = qemuNames(next, 'name', 'legacy')
        for (const { device, drive } of names.devices.values()) {
          const limits = limitsOfInnermost(next, device)
          const inserted = views.find((view) => view.device === drive)?.inserted
          expect(inserted?.group).toBe(
            hasAnyLimit(limits) ? named(names.groups, innermostGroup(device) ?? '') : undefined,
          )
          expect(inserted).toMatchObject(legacyView(limits))
        }
        now = next
      }
    },
    SLOW_MS,
  )

  test.each(fc.sample(mixedChangeArbitrary, { numRuns: 24, seed: 8 }).map((change, index) => [index, change] as const))(
    'qmp-change where groups lose their last block_set_io_throttle disk, change %i',
    (_, change) => walk(change),
    SLOW_MS,
  )

  test(
    'qmp-change where a block_set_io_throttle disk leaves its group, comes back and leaves again',
    () => {
      const alone = mixedWorkspace(['g0', null, null, null], ['g0'])
      const empty = mixedWorkspace([null, null, null, null], ['g0'])
      return walk([alone, empty, alone, empty, mixedWorkspace(['g0', null, 'g0', null], ['g0']), alone, empty])
    },
    SLOW_MS,
  )

  test.each(fc.sample(mixedWalkArbitrary, { numRuns: 12, seed: 9 }).map((steps, index) => [index, steps] as const))(
    'qmp-change through many workspaces of filters and block_set_io_throttle disks, walk %i',
    (_, steps) => walk(steps),
    SLOW_MS,
  )

  test(
    'the notes put filters under running disks whose qdev is known, and take them out again; the scripts may be sent twice',
    async () => {
      const qemu = await start('qemu-system-x86_64', ['-M', 'pc', ...SYSTEM, '-device', 'virtio-scsi-pci,id=scsi0'])
      const device = (id: string, qdev: string, group: string | null) => ({
        ...{
          id,
          groups: chainOf(group),
          iothread: null,
          disk: { kind: 'null' as const, sizeBytes: 1 << 30 },
          workload: { kind: 'idle' as const },
        },
        qemu: { node: id, qdev },
      })
      const workspace: Workspace = {
        ...EMPTY_WORKSPACE,
        groups: { gold: { 'iops-total': 100 } },
        devices: [device('n0', 'disk0', 'gold'), device('n1', '/machine/peripheral/vd0/virtio-backend', 'gold')],
      }
      await addNodes(qemu, workspace)
      await qemu.do('device_add', { driver: 'scsi-hd', id: 'disk0', drive: 'n0', bus: 'scsi0.0' })
      await qemu.do('device_add', { driver: 'virtio-blk-pci', id: 'vd0', drive: 'n1' })
      const commandsIn = (notes: readonly string[]) =>
        notes.flatMap((note) => /\{ "execute": .*$/.exec(note)?.[0] ?? []).join('\n')
      const script = write('qmp', workspace)
      await qemu.feed(script.text)
      await qemu.feed(commandsIn(script.notes))
      for (const line of script.text.trim().split('\n')) await expect(qemu.feed(line)).rejects.toThrow()
      expect(((await qemu.do('query-block')) as View[]).map((view) => view.inserted?.['node-name'])).toEqual([
        'n0-throttle',
        'n1-throttle',
      ])
      const freed: Workspace = {
        ...workspace,
        groups: {},
        devices: workspace.devices.map((each) => ({ ...each, groups: [] })),
      }
      const change = write('qmp-change', freed, { since: workspace })
      await qemu.feed(commandsIn(change.notes))
      await qemu.feed(change.text)
      expect(((await qemu.do('query-block')) as View[]).map((view) => view.inserted?.['node-name'])).toEqual([
        'n0',
        'n1',
      ])
      await expectFilterViews(qemu, freed)
      await qemu.feed(write('qmp-legacy', workspace).text)
      await expectLegacyViews(qemu, workspace)
    },
    SLOW_MS,
  )
})
