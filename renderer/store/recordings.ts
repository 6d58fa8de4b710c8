import { currentEventLog, type EventLog, resumeEventLog } from './events.ts'
import { currentRecording, type Recording, resetTelemetry, resumeRecording } from './telemetry.ts'

// The lab rests while another source has the board and goes on where it was; a VM runs on, and what was seen of it before
// stays true. So their timelines and events are kept. A prediction is shown from its own snapshots.

export type KeptSource = 'lab' | 'qemu'

interface Kept {
  readonly recording: Recording
  readonly log: EventLog
}

const kept = new Map<KeptSource, Kept>()

/** `source` leaves the board. */
export function setAside(source: KeptSource): void {
  const recording = currentRecording()
  if (recording === null) kept.delete(source)
  else kept.set(source, { recording, log: currentEventLog() })
  resetTelemetry()
}

/** `source` has the board again. */
export function resumeSource(source: KeptSource): void {
  const found = kept.get(source)
  kept.delete(source)
  resetTelemetry()
  if (found === undefined) return
  resumeEventLog(found.log)
  resumeRecording(found.recording)
}

/** What was kept is of another lab or another VM from now on. */
export function forgetSource(source: KeptSource): void {
  kept.delete(source)
}
