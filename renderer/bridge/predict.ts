import { formatIssue } from '#shared/issue.ts'
import { beginRun, endRuns, failRun, sampleSeconds, usePredict } from '../store/predict.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { invoke } from './ipc.ts'

/** Asks for a run of the workspace as it stands now. What it gives comes as pushes; only a refusal comes back here. */
export async function runPrediction(): Promise<void> {
  const { durationS } = usePredict.getState()
  const workspace = currentWorkspace()
  const run = beginRun(workspace, durationS)
  try {
    const outcome = await invoke('predict/run', {
      run,
      workspace,
      durationS,
      sampleS: sampleSeconds(durationS, workspace.devices.length),
    })
    if (!outcome.ok) failRun(run, [outcome.message, ...outcome.issues.map(formatIssue)].filter(Boolean).join(' '))
  } catch (error) {
    failRun(run, error instanceof Error ? error.message : String(error))
  }
}

/** The run ends; what it has given so far stays. */
export async function cancelPrediction(): Promise<void> {
  await invoke('predict/cancel', null)
  endRuns()
}
