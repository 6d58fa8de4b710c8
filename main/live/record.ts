import { EngineError } from '#main/engine-error.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { OwnHistograms } from './latency/own-histograms.ts'
import type { Look } from './observer.ts'
import type { Picture } from './picture.ts'
import { type Recorded, Recorder } from './recorder.ts'
import type { VmLink } from './vm-link.ts'

// Looks at a VM for a recording, until it is time. Only looks, unless latency is asked for: then histograms are set in the
// VM as long as it records.

export interface RecordOptions {
  readonly link: VmLink
  readonly picture: Picture
  readonly name: string
  readonly intervalMs: number
  readonly durationMs: number
  /** How often the configuration is looked at. */
  readonly discoverMs?: number
  readonly signal: AbortSignal
  /** Whether to set latency histograms where there are none, and to remove them at the end. */
  readonly percentiles: boolean
  /** Takes text as it comes. */
  readonly write: (text: string) => void
}

export interface WholeRecording extends Recorded {
  /** Why it ended early, with what there was; null: it was time, or somebody ended it. */
  readonly lost: EngineError | null
  /** Sentences: of what no latency was recorded, and what stays in the VM. */
  readonly problems: readonly string[]
}

/** Who is limited by what is dearer to ask than the counters. */
const DISCOVER_MS = 10_000

export async function record(options: RecordOptions): Promise<WholeRecording> {
  const { link, picture, name, percentiles, write } = options
  const histograms = new OwnHistograms(percentiles)
  const recorder = new Recorder({ name, startedMs: Date.now(), write })
  let latest = picture
  let lost: EngineError | null = null
  let left: readonly string[] = []
  try {
    // What a histogram counts begins with it: the first look is to find it there.
    if (percentiles) await histograms.keep(link, picture, await link.look(nowNs))
    lost = await lookOn(options, async (seen, look) => {
      latest = seen
      recorder.take(look.stats, seen, performance.now())
      await histograms.keep(link, seen, look)
    })
    if (lost !== null) histograms.noteLost(lost)
  } finally {
    left = await histograms.end(lost === null ? link : null, latest)
  }
  return { ...recorder.recorded, lost, problems: [...histograms.problems, ...left] }
}

/** Until it is time. Gives why it ended before. */
async function lookOn(
  { link, picture, intervalMs, durationMs, discoverMs = DISCOVER_MS, signal }: RecordOptions,
  take: (seen: Picture, look: Look) => Promise<void>,
): Promise<EngineError | null> {
  const startMs = performance.now()
  let seen = picture
  let discoveredMs = startMs
  for (let number = 0; ; number += 1) {
    try {
      if (performance.now() - discoveredMs >= discoverMs) {
        seen = await link.discover()
        discoveredMs = performance.now()
      }
      await take(seen, await link.look(nowNs))
    } catch (error) {
      if (!(error instanceof EngineError) || number === 0) throw error
      return error
    }
    const nowMs = performance.now()
    const leftMs = startMs + durationMs - nowMs
    if (leftMs <= 0 || signal.aborted) return null
    await passed(Math.min(leftMs, Math.max(0, startMs + (number + 1) * intervalMs - nowMs)), signal)
  }
}

const nowNs = () => performance.now() * NS_PER_MS

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
