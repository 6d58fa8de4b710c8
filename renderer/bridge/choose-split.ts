import type { RunResult } from '#shared/result.ts'
import { limitOf } from '#shared/throttle/limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { setChoose, useChoose } from '../store/choose.ts'
import { measuredRecording } from '../store/measured-load.ts'
import { useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { chosenBucket, todayLimits } from './choose.ts'
import { invoke } from './ipc.ts'

// Group or split, and what a move would change: reckoned by the main process, and nothing of it touches the board.

/** Virtual seconds of loads that are no recordings. */
const DURATION_S = 60

/** Apart or shared, for the wait that is asked for now. Nothing of loads that take what they get: what they need is hidden. */
export async function refreshSplit(): Promise<void> {
  const { chart, percentile, waitS } = useChoose.getState()
  if (chart === null || chart.devices.length < 2 || chart.closedLoops.length > 0) return setChoose({ split: null })
  const iopsSizeBytes = limitOf(todayLimits() ?? {}, 'iops-size')
  const said = await invoke('choose/split', { bucket: chosenBucket(), iopsSizeBytes, percentile, waitS })
  const now = useChoose.getState()
  if (now.chart !== chart || now.percentile !== percentile || now.waitS !== waitS) return
  setChoose({ split: said.ok ? said.split : null })
}

export type WhatIf =
  | { readonly ok: true; readonly before: RunResult; readonly after: RunResult }
  | { readonly ok: false; readonly message: string }

const NOTHING_MEASURED = 'The disks of this VM have asked for nothing since Weir began to watch it.'

function isLive(): boolean {
  return useUi.getState().mode === 'qemu'
}

/** What all disks of the live VM did: those that share a group before or after the move are concerned, too. */
function measuredOf(workspace: Workspace): string | null {
  return measuredRecording(
    workspace,
    workspace.devices.map(({ id }) => id),
    'VM',
  )
}

/** Both runs of a move that is not made; null: out of throttling. On a live VM the disks ask for what was measured. */
export async function askWhatIf(device: string, group: string | null): Promise<WhatIf> {
  try {
    const workspace = currentWorkspace()
    const measured = isLive() ? measuredOf(workspace) : null
    if (isLive() && measured === null) return { ok: false, message: NOTHING_MEASURED }
    return await invoke('choose/what-if', { workspace, measured, device, group, durationS: DURATION_S })
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
