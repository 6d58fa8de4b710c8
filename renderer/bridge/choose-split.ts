import type { RunResult } from '#shared/result.ts'
import { limitOf } from '#shared/throttle/limits.ts'
import { setChoose, useChoose } from '../store/choose.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { chosenBucket, todayLimits } from './choose.ts'
import { invoke } from './ipc.ts'

// Group or split, and what a move would change: reckoned by the main process, and nothing of it touches the board.

/** Virtual seconds of loads that are no recordings. */
const DURATION_S = 60

/** Apart or shared, for the wait that is asked for now. Nothing of loads that take what they get: what they need is hidden. */
export async function refreshSplit(): Promise<void> {
  const { picture, percentile, waitS } = useChoose.getState()
  if (picture === null || picture.devices.length < 2 || picture.closedLoops.length > 0)
    return setChoose({ split: null })
  const iopsSizeBytes = limitOf(todayLimits() ?? {}, 'iops-size')
  const said = await invoke('choose/split', { bucket: chosenBucket(), iopsSizeBytes, percentile, waitS })
  const now = useChoose.getState()
  if (now.picture !== picture || now.percentile !== percentile || now.waitS !== waitS) return
  setChoose({ split: said.ok ? said.split : null })
}

export type WhatIf =
  | { readonly ok: true; readonly before: RunResult; readonly after: RunResult }
  | { readonly ok: false; readonly message: string }

/** Both runs of a move that is not made; null: out of throttling. */
export async function askWhatIf(device: string, group: string | null): Promise<WhatIf> {
  try {
    return await invoke('choose/what-if', { workspace: currentWorkspace(), device, group, durationS: DURATION_S })
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
