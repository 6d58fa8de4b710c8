import type { Snapshot } from '#shared/snapshot.ts'
import { DEVICE_COLUMNS, GROUP_COLUMNS } from './columns.ts'
import { LEVEL_COLUMNS } from './level-history.ts'
import { CHUNK_SAMPLES } from './series.ts'

// How long what was measured is kept.

/** 10 minutes at 10 Hz. */
const HISTORY_SAMPLES = 6000
/** A day at one look a second: a live VM's board is open for a working day, and what was slow at ten is asked at five. */
export const LIVE_HISTORY_SAMPLES = 86_400
/** Above it, with hundreds of devices, the history gets shorter instead. */
const HISTORY_BYTES = 128 * 1024 * 1024

/** Chunks of each series that may be kept. */
export function chunkBudget(snapshot: Snapshot): number {
  const columns =
    Object.keys(snapshot.groups).length * GROUP_COLUMNS.length +
    Object.values(snapshot.devices).reduce(
      (sum, { levels }) => sum + DEVICE_COLUMNS.length + (levels?.length ?? 0) * LEVEL_COLUMNS.length,
      0,
    )
  const bytesPerRound = Math.max(1, columns) * CHUNK_SAMPLES * Float32Array.BYTES_PER_ELEMENT
  const samples = snapshot.source === 'qemu' ? LIVE_HISTORY_SAMPLES : HISTORY_SAMPLES
  const maxChunks = Math.ceil(samples / CHUNK_SAMPLES) + 1
  return Math.max(2, Math.min(maxChunks, Math.floor(HISTORY_BYTES / bytesPerRound)))
}
