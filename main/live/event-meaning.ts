import type { QmpEvent } from '#main/qmp/qmp-wire.ts'

/** Events that may come with other disks, media or groups. */
const CONCERNS_DISKS = /^(DEVICE_|BLOCK_|JOB_|MIGRATION|RESUME|RESET)/

const TOLD: ReadonlyMap<string, string> = new Map([
  ['STOP', 'The VM is paused; QEMU then lets all waiting requests go'],
  ['RESUME', 'The VM runs again'],
  ['RESET', 'The guest was reset'],
  ['SHUTDOWN', 'The VM is shutting down'],
])

export interface EventMeaning {
  readonly concernsDisks: boolean
  /** For the board's list of events; null: nothing to tell. */
  readonly text: string | null
}

export function meaningOf({ name }: QmpEvent): EventMeaning {
  return { concernsDisks: CONCERNS_DISKS.test(name), text: TOLD.get(name) ?? null }
}
