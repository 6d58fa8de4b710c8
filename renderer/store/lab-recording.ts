import { currentEventLog, type EventLog, resumeEventLog } from './events.ts'
import { currentRecording, type Recording, resetTelemetry, resumeRecording } from './telemetry.ts'

// The lab rests while a prediction or a VM has the board and goes on where it was: so do its timeline and its events.
// Only the lab's are kept. A prediction is shown from its own snapshots, and a VM runs on while nobody looks.

interface Kept {
  readonly recording: Recording
  readonly log: EventLog
}

let kept: Kept | null = null

/** The lab leaves the board. */
export function setLabAside(): void {
  const recording = currentRecording()
  kept = recording === null ? null : { recording, log: currentEventLog() }
  resetTelemetry()
}

/** The lab has the board again. */
export function resumeLab(): void {
  const lab = kept
  kept = null
  resetTelemetry()
  if (lab === null) return
  resumeEventLog(lab.log)
  resumeRecording(lab.recording)
}

/** Another document: its lab is another one. */
export function forgetLab(): void {
  kept = null
}
