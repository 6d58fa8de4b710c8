import { EngineError } from '#main/engine-error.ts'
import type { QemuSession } from '#main/live/qemu-session.ts'
import type { Problem } from './problem.ts'

/** From the next look on the VM has latency histograms. */
export function beginPercentiles(session: QemuSession): void {
  session.histograms.begin()
  session.stage(() => undefined)
}

/** Takes Weir's latency histograms out of the VM. null: none of them stays. */
export async function endPercentiles(session: QemuSession): Promise<Problem | null> {
  const left = await ended(session)
  session.stage(() => undefined)
  return left.length === 0 ? null : { message: 'Latency histograms were not removed.', advice: left.join(' ') }
}

async function ended(session: QemuSession): Promise<readonly string[]> {
  const { histograms } = session
  if (!histograms.state.isOn) return []
  try {
    return await session.work(({ link, picture }) => histograms.end(link, picture))
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    // The VM is lost.
    return histograms.end(null, null)
  }
}
