import type { Operation } from '#main/iothread/messages.ts'
import type { Traces } from '#main/load/trace.ts'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { memberCount, resetGroup } from '#main/throttle/group-table.ts'
import { resetMember } from '#main/throttle/member-table.ts'
import { loadTracesOf } from '#main/workspace/load-traces.ts'
import { ok, type Result } from '#shared/issue.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { isIn, isThrottled } from '#shared/workspace/chain.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { byIothread } from './by-iothread.ts'
import { freeSlots, slotsOf } from './free-slots.ts'
import type { LabChanges } from './lab-changes.ts'
import { FreeKeys } from './lab-slots.ts'
import type { LabTools } from './lab-tools.ts'
import { openDevices } from './open-devices.ts'
import { OrderedBatches } from './ordered-batches.ts'
import { type Renames, renamed } from './renames.ts'
import { loadOf, type RunningDevice, setLoad } from './running-device.ts'

// Carries out changes in two halves. First what can fail for want of a file: traces are read, disks opened. Then the rest,
// which cannot fail:
//
//   names ─▶ groups in ─▶ devices out ─▶ limits ─▶ leaves and joins in the order of the workspace ─▶ loads ─▶ groups out
//
// The slots are brought up to date before each batch goes: should an iothread die under way, it is rebuilt from there.

/** Nothing has changed if issues come back. Throws EngineError where no iothread can be started. */
export async function runChanges(
  tools: LabTools,
  {
    changes,
    desired,
    renames,
  }: { readonly changes: LabChanges; readonly desired: Workspace; readonly renames: Renames },
): Promise<Result<null>> {
  const loading = new Set([...changes.add.map(({ device }) => device.id), ...changes.reload.map(({ id }) => id)])
  const traces = await loadTracesOf(desired, loading)
  if (!traces.ok) return traces
  await tools.pool.growTo(desired.iothreads)
  const opened = await openDevices(tools, changes, desired, traces.value)
  if (!opened.ok) return opened
  renameAll(tools, renames)
  addGroups(tools, changes)
  await removeDevices(tools, changes, opened.value)
  await configureGroups(tools, changes)
  await placeDevices(tools, changes, desired, opened.value)
  await reloadDevices(tools, changes, traces.value)
  settleGroups(tools, changes, desired)
  await tools.pool.shrinkTo(desired.iothreads)
  return ok(null)
}

/** Nobody but `LabSlots` knows names: slots, files and what waits stay as they are. */
function renameAll({ slots }: LabTools, renames: Renames): void {
  const { groups, devices } = renamed(slots, renames)
  slots.groups = groups
  slots.devices = devices
}

/** A group without members is nobody else's yet, so no lock is needed. */
function addGroups({ slots, memory, clock }: LabTools, changes: LabChanges): void {
  const groups = new Map(slots.groups)
  const keys = new FreeKeys([...groups.values()])
  for (const { name, limits } of changes.addGroups) {
    const slot = slots.takeGroupSlot()
    resetGroup(memory.throttle, slot, clock.nowNs())
    configureGroup(memory.throttle, slot, limits, clock.nowNs())
    groups.set(name, { name, key: keys.take(name), slot, limits })
  }
  slots.groups = groups
}

async function removeDevices(tools: LabTools, changes: LabChanges, opened: readonly RunningDevice[]): Promise<void> {
  const { slots, pool, files, book } = tools
  for (const device of changes.remove) book.leave({ id: device.key, slot: device.slot })
  const devices = new Map(slots.devices)
  for (const { id } of changes.remove) devices.delete(id)
  slots.devices = devices
  await Promise.all(
    byIothread(changes.remove).map(([iothread, gone]) => {
      const operations = gone.flatMap(({ slot, groups }): Operation[] =>
        groups.length === 0
          ? [{ kind: 'close', slot }]
          : [
              { kind: 'leave', slot },
              { kind: 'close', slot },
            ],
      )
      return pool.post(iothread, operations)
    }),
  )
  freeSlots(tools, slotsOf(changes.remove))
  const kept = new Set(opened.map((device) => device.ownFile))
  for (const { ownFile } of changes.remove) if (ownFile !== null && !kept.has(ownFile)) await files.remove(ownFile)
}

async function configureGroups(tools: LabTools, changes: LabChanges): Promise<void> {
  await Promise.all(changes.configure.map(({ name, limits }) => configureOne(tools, name, limits)))
}

/** By an iothread that serves a member, under the lock, if it can: the main process takes none, and any other may. */
async function configureOne({ slots, pool, memory, clock }: LabTools, name: string, limits: Limits): Promise<void> {
  const group = slots.group(name)
  group.limits = limits
  const owners = [...slots.devices.values()].filter((device) => isIn(device, name)).map(({ iothread }) => iothread)
  // A device that is gone from the slots may still be a member, until its iothread, which is late, takes it out.
  if (owners.length === 0 && memberCount(memory.throttle, group.slot) === 0) {
    return configureGroup(memory.throttle, group.slot, limits, clock.nowNs())
  }
  const candidates = [...owners, ...pool.numbers()]
  const iothread = candidates.find((each) => !pool.isLate(each)) ?? candidates[0]!
  await pool.post(iothread, [{ kind: 'configure', group: group.slot, limits }])
}

/** Members leave and join one after the other: the ring remembers the order, also across iothreads. */
async function placeDevices(
  tools: LabTools,
  changes: LabChanges,
  desired: Workspace,
  opened: readonly RunningDevice[],
): Promise<void> {
  const { slots, clock, book } = tools
  const devices = new Map([...slots.devices, ...opened.map((device) => [device.id, device] as const)])
  slots.devices = new Map(desired.devices.map(({ id }) => [id, devices.get(id)!]))
  const moving = new Set(changes.move.map(({ id }) => id))
  const joining = new Set(opened.map(({ id }) => id))
  const batches = new OrderedBatches(tools.pool)
  for (const each of desired.devices) {
    const { id } = each
    const device = slots.device(id)
    if (!moving.has(id) && !joining.has(id)) continue
    if (isThrottled(device)) await batches.add(device.iothread, { kind: 'leave', slot: device.slot })
    device.groups = each.groups
    device.members = enoughMembers(tools, device)
    book.enter(
      { id: device.key, slot: device.slot, members: device.members },
      slots.groupKeys(device.groups),
      clock.nowNs(),
    )
    if (isThrottled(device)) {
      await batches.add(device.iothread, { kind: 'join', slot: device.slot, levels: slots.levelsOf(device) })
    }
    if (joining.has(id))
      await batches.add(device.iothread, { kind: 'set-load', slot: device.slot, load: loadOf(device) })
  }
  await batches.flush()
}

/** The device's members, with those that a longer chain needs. */
function enoughMembers({ slots, memory }: LabTools, { members, groups }: RunningDevice): readonly number[] {
  const more = Array.from({ length: Math.max(0, groups.length - members.length) }, () => slots.takeInnerMember())
  for (const member of more) resetMember(memory.throttle, member)
  return [...members, ...more]
}

async function reloadDevices({ slots, pool }: LabTools, changes: LabChanges, traces: Traces): Promise<void> {
  await Promise.all(
    changes.reload.map(async ({ id, workload }) => {
      const device = slots.device(id)
      setLoad(device, workload, traces)
      await pool.post(device.iothread, [{ kind: 'set-load', slot: device.slot, load: loadOf(device) }])
    }),
  )
}

/** The groups of the workspace in its order; the slots of those that are gone are free. */
function settleGroups(tools: LabTools, changes: LabChanges, desired: Workspace): void {
  const { slots } = tools
  freeSlots(tools, { devices: [], inner: [], groups: changes.removeGroups.map((name) => slots.group(name).slot) })
  slots.groups = new Map(Object.keys(desired.groups).map((name) => [name, slots.group(name)]))
}
