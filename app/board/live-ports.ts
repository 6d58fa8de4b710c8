import type { QemuPorts } from './qemu-board.ts'
import type { SessionPorts } from './session-ports.ts'

/** What a board's VM may do beside limits, where there is somebody to ask: be lifted, be recorded. */
export function livePorts({
  push,
  liftJournal,
  chooseRecordingFile,
}: Pick<SessionPorts, 'push' | 'liftJournal' | 'chooseRecordingFile'>): Pick<QemuPorts, 'lift' | 'record'> {
  return {
    ...(liftJournal && {
      lift: {
        journal: liftJournal,
        onState: (state) => push('lift', state),
        onProblem: (problem) => push('problem', problem),
      },
    }),
    ...(chooseRecordingFile && {
      record: { chooseFile: chooseRecordingFile, onState: (state) => push('recording', state) },
    }),
  }
}
