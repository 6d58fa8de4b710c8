import { EngineError } from '#main/engine-error.ts'
import { NS_PER_MS } from '#shared/units.ts'
import type { VmLink } from './host/vm-port.ts'
import type { Picture } from './picture.ts'
import { type Recorded, Recorder } from './recorder.ts'

// Looks at a VM for a recording, until it is time. Only looks; nothing in the VM is changed.

export interface RecordOptions {
  readonly link: Pick<VmLink, 'look' | 'discover'>
  readonly picture: Picture
  readonly name: string
  readonly intervalMs: number
  readonly durationMs: number
  readonly signal: AbortSignal
  /** Takes text as it comes. */
  readonly write: (text: string) => void
}

export interface WholeRecording extends Recorded {
  /** Why it ended early, with what there was; null: it was time, or somebody ended it. */
  readonly lost: EngineError | null
}

/** Who is limited by what is dearer to ask than the counters. */
const DISCOVER_MS = 10_000

export async function record(options: RecordOptions): Promise<WholeRecording> {
  const { link, name, intervalMs, durationMs, signal, write } = options
  const recorder = new Recorder({ name, startedMs: Date.now(), write })
  const startMs = performance.now()
  let picture = options.picture
  let discoveredMs = startMs
  for (let look = 0; ; look += 1) {
    try {
      if (performance.now() - discoveredMs >= DISCOVER_MS) {
        picture = await link.discover()
        discoveredMs = performance.now()
      }
      const { stats } = await link.look(() => performance.now() * NS_PER_MS)
      recorder.take(stats, picture, performance.now())
    } catch (error) {
      if (!(error instanceof EngineError) || look === 0) throw error
      return { ...recorder.recorded, lost: error }
    }
    const nowMs = performance.now()
    const leftMs = startMs + durationMs - nowMs
    if (leftMs <= 0 || signal.aborted) return { ...recorder.recorded, lost: null }
    await passed(Math.min(leftMs, Math.max(0, startMs + (look + 1) * intervalMs - nowMs)), signal)
  }
}

function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}
