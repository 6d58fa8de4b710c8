import { EngineError } from '#main/engine-error.ts'
import type { LoadSpec, Operation } from '#main/iothread/messages.ts'
import type { Traces } from '#main/load/trace.ts'
import { resetStats } from '#main/stats/stats-memory.ts'
import { resetMember } from '#main/throttle/member-table.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { type Device, IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import { byIothread } from './by-iothread.ts'
import { freeSlots, slotsOf } from './free-slots.ts'
import { isSame } from './is-same.ts'
import type { LabChanges } from './lab-changes.ts'
import { FreeKeys } from './lab-slots.ts'
import type { LabTools } from './lab-tools.ts'
import { type RunningDevice, runningDevice, specOf } from './running-device.ts'

// The half of a change that can fail: makes or opens the disks of new devices. If one cannot be opened the others are
// closed again, the files made for them removed, and nothing has changed. Until a device has its place it has no load: it
// would run past the limits of the group that it is to join, or on a disk of a workspace that is refused.

interface Newcomer {
  readonly device: RunningDevice
  readonly iothread: number
  readonly how: 'make' | 'take'
}

export const NO_LOAD: LoadSpec = { workload: IDLE, trace: null }

export async function openDevices(
  tools: LabTools,
  changes: LabChanges,
  desired: Workspace,
  traces: Traces,
): Promise<Result<readonly RunningDevice[]>> {
  const newcomers: Newcomer[] = []
  const leaving = new Set(changes.remove.map(({ slot }) => slot))
  const keys = new FreeKeys([...tools.slots.devices.values()].filter(({ slot }) => !leaving.has(slot)))
  const issues: Issue[] = []
  for (const { device, iothread } of changes.add) {
    const file = await ownFile(tools, { device, changes, desired })
    if (!file.ok) {
      issues.push(...file.issues)
      break // the folder refused: it would refuse the others too
    }
    const slot = tools.slots.takeDeviceSlot()
    resetMember(tools.memory.throttle, slot)
    resetStats(tools.memory.stats, slot)
    const place = { key: keys.take(device.id), slot, iothread, seed: desired.seed, ownFile: file.value.file }
    newcomers.push({ device: runningDevice(device, place, traces), iothread, how: file.value.how })
  }
  if (issues.length === 0) issues.push(...(await postOpens(tools, newcomers, desired)))
  if (issues.length === 0) return ok(newcomers.map(({ device }) => device))
  await undo(tools, newcomers)
  return failed(issues)
}

interface FileChoice {
  readonly file: string | null
  readonly how: 'make' | 'take'
}

/** A device that only changes its iothread keeps its file. */
async function ownFile(
  { files }: LabTools,
  { device, changes, desired }: { readonly device: Device; readonly changes: LabChanges; readonly desired: Workspace },
): Promise<Result<FileChoice>> {
  const { disk } = device
  if (disk.kind === 'null' || disk.path !== undefined) return ok({ file: null, how: 'make' })
  const before = changes.remove.find(({ id }) => id === device.id)
  if (before?.failure === null && isSame(before.disk, disk)) return ok({ file: before.ownFile, how: 'take' })
  try {
    return ok({ file: await files.next(), how: 'make' })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return failed([diskIssue(desired, device.id, error)])
  }
}

async function postOpens(
  { pool }: LabTools,
  newcomers: readonly Newcomer[],
  desired: Workspace,
): Promise<readonly Issue[]> {
  const issues = await Promise.all(
    byIothread(newcomers).map(async ([iothread, opened]) => {
      const opens = opened.map(
        ({ device, how }): Operation => ({
          kind: 'open',
          device: { ...specOf(device, how), load: NO_LOAD },
          ifBroken: 'refuse',
        }),
      )
      const answer = await pool.post(iothread, opens)
      if (typeof answer !== 'string') {
        return answer.map(({ index, failure }) => diskIssue(desired, opened[index]!.device.id, failure))
      }
      const message = `iothread ${iothread} does not answer: it waits for a disk`
      const advice = 'Wait for that disk, or use another iothread.'
      return opened.map(({ device }) => diskIssue(desired, device.id, { code: 'iothread-died', message, advice }))
    }),
  )
  return issues.flat()
}

async function undo(tools: LabTools, newcomers: readonly Newcomer[]): Promise<void> {
  const { pool, files } = tools
  const close = ({ device }: Newcomer): Operation => ({ kind: 'close', slot: device.slot })
  await Promise.all(byIothread(newcomers).map(([iothread, opened]) => pool.post(iothread, opened.map(close))))
  for (const { device, how } of newcomers) {
    if (device.ownFile !== null && how === 'make') await files.remove(device.ownFile)
  }
  freeSlots(tools, slotsOf(newcomers.map(({ device }) => device)))
}

function diskIssue(
  desired: Workspace,
  id: string,
  failure: { readonly code: string; readonly message: string; readonly advice: string },
): Issue {
  const index = desired.devices.findIndex((device) => device.id === id)
  const message = `${failure.message}. ${failure.advice}`
  return { path: `devices[${index}].disk`, code: failure.code, message }
}
