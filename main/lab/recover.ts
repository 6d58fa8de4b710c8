import type { Operation } from '#main/iothread/messages.ts'
import { memberGroup, memberIothread } from '#main/throttle/member-table.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import { isThrottled } from '#shared/workspace/chain.ts'
import type { LabTools } from './lab-tools.ts'
import { specOf } from './running-device.ts'

/**
 * Puts a new thread in the place of one that died, with its devices. First it frees every lock the dead one may hold and
 * takes its members out of their groups, which lets their waiting requests go; those are lost with the thread. Buckets
 * keep their levels.
 */
export async function recoverIothread(tools: LabTools, iothread: number): Promise<void> {
  const { slots, pool, memory } = tools
  const dead = await pool.replace(iothread)
  const looks = [...slots.groups.values()].map(({ slot }): Operation => ({ kind: 'look', group: slot }))
  const releases = membersOf(memory.throttle, dead).map((member): Operation => ({ kind: 'release', member }))
  await pool.post(iothread, [...looks, ...releases])
  pool.release(dead)
  const devices = [...slots.devices.values()].filter((device) => device.iothread === iothread)
  const opens = devices.map((device): Operation => ({ kind: 'open', device: specOf(device, 'take'), ifBroken: 'keep' }))
  const joins = devices.flatMap((device): Operation[] =>
    isThrottled(device) ? [{ kind: 'join', slot: device.slot, levels: slots.levelsOf(device) }] : [],
  )
  // In one batch: between two of them the devices would run past their groups' limits.
  const answer = await pool.post(iothread, [...opens, ...joins])
  const refusals = new Map(typeof answer === 'string' ? [] : answer.map(({ index, failure }) => [index, failure]))
  for (const [index, device] of devices.entries()) device.failure = refusals.get(index) ?? null
}

function membersOf(memory: ThrottleMemory, iothread: number): readonly number[] {
  return Array.from({ length: memory.size.members }, (_, member) => member).filter(
    (member) => memberGroup(memory, member) !== -1 && memberIothread(memory, member) === iothread,
  )
}
