import { resolvePaths } from '#main/workspace/file-paths.ts'
import type { Outcome, RequestOf } from '#shared/ipc/contract.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { PredictOrder } from './predict-messages.ts'

/** Snapshots that a window can hold and draw. */
const MAX_SAMPLES = 20_000

type Order = Omit<PredictOrder, 'stop'>

/** What the window asks to be predicted, or why it cannot be. `folder`: where relative paths of the workspace start from. */
export function predictOrder(
  { workspace, durationS, sampleS }: RequestOf<'predict/run'>,
  folder: string,
): { readonly ok: true; readonly order: Order } | Extract<Outcome, { readonly ok: false }> {
  const parsed = parseWorkspace(workspace)
  if (!parsed.ok) return { ok: false, message: 'This workspace cannot be simulated.', issues: parsed.issues }
  if (durationS / sampleS > MAX_SAMPLES) {
    return { ok: false, message: `That would be more than ${MAX_SAMPLES} samples; use longer steps.`, issues: [] }
  }
  return { ok: true, order: { workspace: resolvePaths(parsed.value, folder), durationS, sampleS } }
}
