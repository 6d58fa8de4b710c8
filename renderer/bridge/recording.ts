import type { QemuState } from '#shared/ipc/contract.ts'
import type { RecordingState } from '#shared/ipc/live-ops.ts'
import { invoke, reportFailure } from './ipc.ts'

/** What starts or ends the recording of the live VM on the board, in its menu and in *Find*. */
export interface RecordingAction {
  readonly label: string
  readonly isPossible: boolean
  readonly run: () => void
}

export function liveRecording(status: QemuState['status'] | null, recording: RecordingState | null): RecordingAction {
  const isRecorded = recording !== null && recording.end === null
  return {
    label: isRecorded ? 'Stop recording' : 'Record its load…',
    isPossible: isRecorded || status === 'attached',
    run: () => reportFailure(invoke(isRecorded ? 'record/stop' : 'record/start', null), 'vm'),
  }
}
