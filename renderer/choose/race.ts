import type { LimitFacts, OverTime } from '#shared/frontier.ts'

// A race of today's limits against the proposed ones: the same load under both, on one clock.

/** How long a race takes to watch, whatever the load's length. ms. */
export const RACE_MS = 8000

export interface Runner {
  readonly waiting: number
  readonly gone: number
  /** Of the requests that came until now, in seconds. */
  readonly longestWaitS: number
  readonly isDone: boolean
}

/** Seconds until all have gone under both limits. */
export function raceSpanS(...all: readonly LimitFacts[]): number {
  return Math.max(...all.map(({ queue }) => queue.spanS))
}

/** What stands `atS` seconds after the first request. */
export function runnerAt({ queue, waitsOverTime, requests, waitS }: LimitFacts, atS: number): Runner {
  if (atS >= queue.spanS) return { waiting: 0, gone: requests, longestWaitS: waitS.max, isDone: true }
  return {
    waiting: valueAt(queue.waiting, atS),
    gone: valueAt(queue.gone, atS),
    longestWaitS: Math.max(0, ...waitsOverTime.values.slice(0, binAt(waitsOverTime, atS) + 1)),
    isDone: false,
  }
}

function binAt({ binS, values }: OverTime, atS: number): number {
  return Math.min(values.length - 1, Math.floor(atS / binS))
}

function valueAt(over: OverTime, atS: number): number {
  return over.values[binAt(over, atS)] ?? 0
}

/** The queue until `atS` as an SVG path in a box of `width` by `height`; a queue of `most` is as high as the box. */
export function queuePath(
  { binS, values }: OverTime,
  atS: number,
  box: { readonly width: number; readonly height: number; readonly spanS: number; readonly most: number },
): string {
  const x = (seconds: number) => ((Math.min(seconds, atS) / Math.max(box.spanS, binS)) * box.width).toFixed(1)
  const y = (value: number) => (box.height - (box.height - 2) * (value / Math.max(1, box.most))).toFixed(1)
  const steps = values.flatMap((value, bin) =>
    bin * binS >= atS && bin > 0 ? [] : [`${x(bin * binS)} ${y(value)}H${x((bin + 1) * binS)}`],
  )
  return steps.length === 0 ? '' : `M0 ${box.height}L${steps.join('L')}V${box.height}Z`
}

/** Who is ahead, in a sentence for the end of a race. */
export function raceWords(today: LimitFacts, proposed: LimitFacts, seconds: (value: number) => string): string {
  const apartS = today.queue.spanS - proposed.queue.spanS
  const longest = `longest wait ${seconds(proposed.waitS.max)} instead of ${seconds(today.waitS.max)}`
  if (Math.abs(apartS) < 0.001) return `Both let the last request go at the same time; ${longest}.`
  const order = apartS > 0 ? 'before' : 'after'
  return `With the proposed limits the last request goes ${seconds(Math.abs(apartS))} ${order} today’s; ${longest}.`
}
