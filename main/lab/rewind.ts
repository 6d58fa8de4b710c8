import type { Operation } from '#main/iothread/messages.ts'
import { RunBook } from '#main/stats/run-book.ts'
import { resetStats } from '#main/stats/stats-memory.ts'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { resetGroup } from '#main/throttle/group-table.ts'
import { resetMember } from '#main/throttle/member-table.ts'
import { OrderedMail } from './change-runner.ts'
import type { LabTools } from './lab-tools.ts'
import type { RunningDevice } from './roster.ts'

/**
 * Back to time 0 while every iothread is paused: everybody leaves, all words are as new, everybody joins again in order.
 * Devices whose disk gave up get it opened anew; those whose disk still refuses keep their reason.
 */
export async function rewind(tools: LabTools): Promise<void> {
  const { roster, pool, memory, clock, files } = tools
  const devices = [...roster.devices.values()]
  if (devices.some((device) => device.failure !== null)) await files.restore()
  clock.rewind()
  await Promise.all(byIothread(devices).map(([iothread, seated]) => rewindDevices(tools, iothread, seated)))
  for (const device of devices) {
    resetMember(memory.throttle, device.slot)
    resetStats(memory.stats, device.slot)
  }
  for (const { slot, limits } of roster.groups.values()) {
    resetGroup(memory.throttle, slot, 0)
    configureGroup(memory.throttle, slot, limits, 0)
  }
  tools.book = new RunBook(memory.throttle, memory.stats)
  const mail = new OrderedMail(pool)
  for (const device of devices) {
    tools.book.enter({ id: device.key, slot: device.slot }, roster.groupKey(device.group), 0)
    if (device.group === null) continue
    await mail.add(device.iothread, { kind: 'join', slot: device.slot, group: roster.group(device.group).slot })
  }
  await mail.flush()
}

async function rewindDevices({ pool }: LabTools, iothread: number, devices: readonly RunningDevice[]): Promise<void> {
  const leaves = devices.filter((device) => device.group !== null)
  const operations: Operation[] = [
    ...leaves.map(({ slot }): Operation => ({ kind: 'leave', slot })),
    ...devices.map(({ slot }): Operation => ({ kind: 'rewind', slot })),
  ]
  const answer = await pool.post(iothread, operations)
  if (typeof answer === 'string') return
  const refusals = new Map(answer.map(({ index, failure }) => [index - leaves.length, failure]))
  for (const [index, device] of devices.entries()) device.failure = refusals.get(index) ?? null
}

export function byIothread(
  devices: readonly RunningDevice[],
): readonly (readonly [number, readonly RunningDevice[]])[] {
  const letters = new Map<number, RunningDevice[]>()
  for (const device of devices) letters.set(device.iothread, [...(letters.get(device.iothread) ?? []), device])
  return [...letters]
}
