import type { Operation } from '#main/iothread/messages.ts'
import { RunBook } from '#main/stats/run-book.ts'
import { resetStats } from '#main/stats/stats-memory.ts'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { memberCount, resetGroup } from '#main/throttle/group-table.ts'
import { resetMember } from '#main/throttle/member-table.ts'
import { isThrottled } from '#shared/workspace/chain.ts'
import { byIothread } from './by-iothread.ts'
import { freeSlots, slotsOf } from './free-slots.ts'
import type { LabTools } from './lab-tools.ts'
import { NO_LOAD } from './open-devices.ts'
import { OrderedBatches } from './ordered-batches.ts'
import type { RunningDevice } from './running-device.ts'
import { loadOf, specOf } from './running-device.ts'

// Back to time 0 while the iothreads are paused. An iothread inside a slow request cannot be waited for: what it serves
// moves to new slots, which nobody else writes to, and the old ones are free when it has answered.
//
//   all but the late:  leave, forget ─▶ words as new ───────────────────────────▶ join, in order
//   the late:          (later: leave) ─▶ new slots ─▶ (later: close, open, join) ─▶ (when that is done: its load)

/**
 * Everybody leaves, all words are as new, everybody joins again in order. Devices whose disk gave up get it opened again;
 * those whose disk still refuses keep their reason.
 */
export async function rewind(tools: LabTools): Promise<void> {
  const { slots, pool, memory, clock, files } = tools
  const devices = [...slots.devices.values()]
  if (devices.some((device) => device.failure !== null)) await files.restore()
  clock.rewind()
  const lists = byIothread(devices)
  const answered = await Promise.all(lists.map(([iothread, served]) => rewindDevices(tools, iothread, served)))
  const away = new Set(lists.filter((_, index) => !answered[index]).map(([iothread]) => iothread))
  const left = takeNewSlots(tools, away)
  for (const { slot, members } of slots.devices.values()) {
    for (const member of members) resetMember(memory.throttle, member)
    resetStats(memory.stats, slot)
  }
  for (const { slot, limits } of slots.groups.values()) {
    resetGroup(memory.throttle, slot, 0)
    configureGroup(memory.throttle, slot, limits, 0)
  }
  tools.book = new RunBook(memory.throttle, memory.stats)
  const batches = new OrderedBatches(pool)
  for (const device of slots.devices.values()) {
    tools.book.enter({ id: device.key, slot: device.slot, members: device.members }, slots.groupKeys(device.groups), 0)
    if (!isThrottled(device) || away.has(device.iothread)) continue
    await batches.add(device.iothread, { kind: 'join', slot: device.slot, levels: slots.levelsOf(device) })
  }
  await batches.flush()
  for (const [iothread, before] of lists) if (away.has(iothread)) void openLater(tools, iothread, before)
  freeSlots(tools, left)
}

/** False if the iothread has not answered: it will leave when it can, or when it is recovered. */
async function rewindDevices(
  { pool }: LabTools,
  iothread: number,
  devices: readonly RunningDevice[],
): Promise<boolean> {
  const leaves = devices.filter(isThrottled)
  const leaving = leaves.map(({ slot }): Operation => ({ kind: 'leave', slot }))
  const rewinding = devices.map(({ slot }): Operation => ({ kind: 'rewind', slot }))
  const answer = await pool.post(iothread, pool.isLate(iothread) ? leaving : [...leaving, ...rewinding])
  if (typeof answer === 'string') return false
  const refusals = new Map(answer.map(({ index, failure }) => [index - leaves.length, failure]))
  for (const [index, device] of devices.entries()) device.failure = refusals.get(index) ?? null
  return true
}

/** For the devices of iothreads that are away, and for groups that still have one of them. What they leave. */
function takeNewSlots({ slots, memory }: LabTools, away: ReadonlySet<number>) {
  const devices = [...slots.devices.values()].filter(({ iothread }) => away.has(iothread))
  const stayIn = new Set(devices.flatMap(({ groups }) => groups))
  const groups = [...slots.groups.values()].filter(
    ({ name, slot }) => stayIn.has(name) || memberCount(memory.throttle, slot) > 0,
  )
  const left = { ...slotsOf(devices), groups: groups.map(({ slot }) => slot) }
  const moved = new Map(devices.map((device) => [device.id, withNewSlots(slots, device)]))
  const remade = new Map(groups.map((group) => [group.name, { ...group, slot: slots.takeGroupSlot() }]))
  slots.devices = new Map([...slots.devices].map(([id, device]) => [id, moved.get(id) ?? device]))
  slots.groups = new Map([...slots.groups].map(([name, group]) => [name, remade.get(name) ?? group]))
  return left
}

function withNewSlots(slots: LabTools['slots'], device: RunningDevice): RunningDevice {
  const slot = slots.takeDeviceSlot()
  return { ...device, slot, members: [slot, ...device.members.slice(1).map(() => slots.takeInnerMember())] }
}

/**
 * The devices of an iothread that is away, opened again in their new slots by the batch it finds when it comes back. They
 * get their load only then: requests that they were to make meanwhile are not made up for.
 */
async function openLater(tools: LabTools, iothread: number, before: readonly RunningDevice[]): Promise<void> {
  const { slots, pool } = tools
  const devices = before.map(({ id }) => slots.device(id))
  const closes = before.map(({ slot }): Operation => ({ kind: 'close', slot }))
  const opens = devices.map((device): Operation => {
    const spec = specOf(device, device.failure === null ? 'take' : 'remake')
    return { kind: 'open', device: { ...spec, load: NO_LOAD }, ifBroken: 'keep' }
  })
  const joins = devices.flatMap((device): Operation[] =>
    isThrottled(device) ? [{ kind: 'join', slot: device.slot, levels: slots.levelsOf(device) }] : [],
  )
  const answer = await pool.send(iothread, [...closes, ...opens, ...joins])
  if (typeof answer === 'string') return // it died: whoever recovers it opens its devices
  await tools.run(async () => {
    const refusals = new Map(answer.map(({ index, failure }) => [index - closes.length, failure]))
    const loads: Operation[] = []
    for (const [index, { key, slot }] of devices.entries()) {
      const device = slots.deviceIn(slot)
      if (device?.key !== key) continue // it was removed meanwhile
      device.failure = refusals.get(index) ?? null
      loads.push({ kind: 'set-load', slot, load: loadOf(device) })
    }
    await pool.post(iothread, loads)
  })
}
