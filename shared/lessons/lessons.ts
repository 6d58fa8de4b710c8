import type { Snapshot } from '../snapshot.ts'
import { limitOf } from '../throttle/limits.ts'
import { MIB } from '../units.ts'
import { outermostGroup } from '../workspace/chain.ts'
import { moveDevices, setLimit, updateDevice } from '../workspace/edits.ts'
import { findDevice, type Workspace } from '../workspace/workspace.ts'

// Lessons: what is done step by step on an example's board. Each step knows when it is done, whoever did it (the pane's own
// slider, the limits panel, a drag on the board), and how it could be done, so that a lesson can be taken up in its middle.
// What a step says stands in renderer/lessons.

export const LESSON_IDS = ['noisy-neighbour', 'bursts', 'disk-under-vm'] as const
export type LessonId = (typeof LESSON_IDS)[number]

/** Steps done per lesson. */
export type LessonProgress = Readonly<Record<LessonId, number>>

export const NO_PROGRESS: LessonProgress = { 'noisy-neighbour': 0, bursts: 0, 'disk-under-vm': 0 }

/** What a step looks at. */
export interface LessonScene {
  readonly workspace: Workspace
  /** null: nothing was measured yet. */
  readonly snapshot: Snapshot | null
  readonly selectedDevices: readonly string[]
  readonly isExporting: boolean
}

export interface LessonStep {
  readonly id: string
  readonly title: string
  readonly isDone: (scene: LessonScene) => boolean
  /** The edit that does it; left out: it changes nothing of the workspace. */
  readonly make?: (workspace: Workspace) => Workspace
  /** The group or device that the step acts on: without it it cannot be done. */
  readonly needs?: { readonly group?: string; readonly device?: string }
}

export interface Lesson {
  readonly id: LessonId
  readonly title: string
  readonly summary: string
  /** The example whose board it is done on. */
  readonly example: string
  readonly minutes: number
  readonly steps: readonly LessonStep[]
}

const isRunning = ({ snapshot }: LessonScene) => snapshot?.state === 'running'

const START: LessonStep = { id: 'start', title: 'Start the disks', isDone: isRunning }

const EXPORT: LessonStep = { id: 'export', title: 'Take it away', isDone: ({ isExporting }) => isExporting }

/** A limit in force; 0: none, or the group is gone. */
function inForce({ snapshot }: LessonScene, group: string, key: Parameters<typeof limitOf>[1]): number {
  return limitOf(snapshot?.groups[group]?.limits ?? {}, key)
}

function isHeld(scene: LessonScene, group: string, key: Parameters<typeof limitOf>[1], most: number): boolean {
  const value = inForce(scene, group, key)
  return value > 0 && value <= most
}

function iopsOf({ snapshot }: LessonScene, id: string): number {
  const device = snapshot?.devices[id]
  return device === undefined ? 0 : device.read.iops + device.write.iops
}

export const BULK_BPS = 20 * MIB
export const BURST_IOPS = 1000
export const BURST_LENGTH_S = 10
export const ETL_IOPS = 200

const NOISY_NEIGHBOUR: Lesson = {
  id: 'noisy-neighbour',
  title: 'Stop a noisy neighbour',
  summary: 'A batch job takes a database’s share. Find it, move it, and hold it.',
  example: 'noisy-neighbour',
  minutes: 3,
  steps: [
    START,
    {
      id: 'burst',
      title: 'Let the burst run out',
      needs: { group: 'gold' },
      isDone: ({ snapshot }) => {
        const bucket = snapshot?.groups.gold?.buckets['iops-total']
        return bucket !== undefined && bucket.level >= 0.98 * bucket.size
      },
    },
    {
      id: 'look',
      title: 'See who takes what',
      needs: { device: 'batch-etl' },
      isDone: ({ selectedDevices }) => selectedDevices.includes('batch-etl'),
    },
    {
      id: 'move',
      title: 'Move the noisy disk',
      needs: { device: 'batch-etl', group: 'bulk' },
      isDone: ({ snapshot }) => snapshot?.devices['batch-etl']?.group === 'bulk',
      make: (workspace) => {
        const device = findDevice(workspace, 'batch-etl')
        return device === undefined || outermostGroup(device) === 'bulk'
          ? workspace
          : moveDevices(workspace, ['batch-etl'], 'bulk')
      },
    },
    {
      id: 'hold',
      title: 'Hold its new group',
      needs: { group: 'bulk' },
      isDone: (scene) => isHeld(scene, 'bulk', 'bps-total', BULK_BPS),
      make: (workspace) => setLimit(workspace, 'bulk', 'bps-total', BULK_BPS),
    },
    EXPORT,
  ],
}

const BURSTS: Lesson = {
  id: 'bursts',
  title: 'Let a load burst',
  summary: 'A web server works in waves. Give it a burst, give the burst a length, and close a trap.',
  example: 'bursts-done-right',
  minutes: 3,
  steps: [
    START,
    {
      id: 'allow',
      title: 'Allow a burst',
      needs: { group: 'plain' },
      isDone: (scene) => inForce(scene, 'plain', 'iops-total-max') >= BURST_IOPS,
      make: (workspace) => setLimit(workspace, 'plain', 'iops-total-max', BURST_IOPS),
    },
    {
      id: 'length',
      title: 'Say how long',
      needs: { group: 'plain' },
      isDone: (scene) => inForce(scene, 'plain', 'iops-total-max-length') >= BURST_LENGTH_S,
      make: (workspace) => setLimit(workspace, 'plain', 'iops-total-max-length', BURST_LENGTH_S),
    },
    {
      id: 'wave',
      title: 'Watch a wave pass',
      needs: { device: 'web-plain' },
      isDone: (scene) => iopsOf(scene, 'web-plain') > 0.6 * BURST_IOPS,
    },
    {
      id: 'pool',
      title: 'Close the trap',
      needs: { group: 'pool' },
      isDone: (scene) => inForce(scene, 'pool', 'iops-total-max-length') >= 2,
      make: (workspace) => setLimit(workspace, 'pool', 'iops-total-max-length', 2),
    },
    EXPORT,
  ],
}

/** The chain that the third lesson gives to `etl`. */
export const ETL_CHAIN = ['vm-101', 'etl-disk'] as const

const DISK_UNDER_VM: Lesson = {
  id: 'disk-under-vm',
  title: 'A disk under a VM’s cap',
  summary: 'A VM’s cap, and below it a limit of one disk’s own: which of the two binds, and when.',
  example: 'disk-under-vm',
  minutes: 3,
  steps: [
    START,
    {
      id: 'chain',
      title: 'Give one disk a limit of its own',
      needs: { device: 'etl', group: 'etl-disk' },
      isDone: ({ snapshot }) => snapshot?.devices.etl?.levels?.some(({ group }) => group === 'etl-disk') ?? false,
      make: (workspace) => putBehind(workspace, 'etl', ETL_CHAIN),
    },
    {
      id: 'own',
      title: 'Hold it below the cap',
      needs: { group: 'etl-disk' },
      isDone: (scene) => isHeld(scene, 'etl-disk', 'iops-total', ETL_IOPS),
      make: (workspace) => setLimit(workspace, 'etl-disk', 'iops-total', ETL_IOPS),
    },
    {
      id: 'cap',
      title: 'Find where the cap binds',
      needs: { device: 'etl', group: 'etl-disk' },
      isDone: ({ snapshot }) => {
        const levels = snapshot?.devices.etl?.levels
        const waitAt = (name: string) => levels?.find(({ group }) => group === name)?.waitMeanNs ?? 0
        return waitAt('vm-101') > waitAt('etl-disk')
      },
      make: (workspace) => setLimit(workspace, 'etl-disk', 'iops-total', 1000),
    },
    EXPORT,
  ],
}

export const LESSONS: Readonly<Record<LessonId, Lesson>> = {
  'noisy-neighbour': NOISY_NEIGHBOUR,
  bursts: BURSTS,
  'disk-under-vm': DISK_UNDER_VM,
}

/** Throttled at more than one level: guest first. The device and the groups of the chain exist, or nothing changes. */
export function putBehind(workspace: Workspace, id: string, groups: readonly string[]): Workspace {
  const isThere =
    findDevice(workspace, id) !== undefined && groups.every((group) => Object.hasOwn(workspace.groups, group))
  return isThere ? updateDevice(workspace, id, (device) => ({ ...device, groups })) : workspace
}

/** Whether what the step acts on still exists. */
export function canBeDone({ needs }: LessonStep, workspace: Workspace): boolean {
  if (needs?.group !== undefined && !Object.hasOwn(workspace.groups, needs.group)) return false
  return needs?.device === undefined || findDevice(workspace, needs.device) !== undefined
}

/** The workspace with the first `count` steps done. */
export function withStepsDone(workspace: Workspace, { steps }: Lesson, count: number): Workspace {
  return steps.slice(0, count).reduce((before, { make }) => make?.(before) ?? before, workspace)
}
