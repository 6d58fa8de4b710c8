import { expect, test } from 'vitest'
import type { RecordingState } from '#shared/ipc/live-ops.ts'
import { liveRecording } from './recording.ts'

const GOING: RecordingState = { fileName: 'db.trace.gz', startedMs: 1, end: null }
const ENDED: RecordingState = { ...GOING, end: { requests: 1, seconds: 1, why: null, problem: null } }

test.each([
  ['attached', null, 'Record its load…', true],
  ['attached', ENDED, 'Record its load…', true],
  ['lost', null, 'Record its load…', false],
  [null, null, 'Record its load…', false],
  ['attached', GOING, 'Stop recording', true],
  ['lost', GOING, 'Stop recording', true],
] as const)('of a VM that is %s', (status, recording, label, isPossible) => {
  expect(liveRecording(status, recording)).toMatchObject({ label, isPossible })
})
