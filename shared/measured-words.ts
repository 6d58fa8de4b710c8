import { boundsWords } from './latency-words.ts'
import type { LatencyFigures, RecordedLatency } from './result.ts'

/** `db while it was recorded: reads p50 1–1.3 ms, p99 10–13 ms; …`: a sentence for each recorded load with latency. */
export function measuredWords(recorded: readonly RecordedLatency[]): readonly string[] {
  return recorded.map(({ device, read, write }) => {
    const flows = [...flowWords('reads', read), ...flowWords('writes', write)].join('; ')
    return `Measured for ${device} while it was recorded, waits included: ${flows}.`
  })
}

function flowWords(name: string, flow: LatencyFigures | null): readonly string[] {
  return flow === null ? [] : [`${name} p50 ${boundsWords(flow.p50)}, p99 ${boundsWords(flow.p99)}`]
}
