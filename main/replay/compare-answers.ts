import type { ReplayAnswer } from './replay-answer.ts'

// Holds Weir's answer against a recorded one. Only what the throttle decides counts: with null-aio QEMU's bottom halves
// run last in, first out, so the order within one ns is left out of account there.

/** Where two values differ, as `completions.d0.read[3]: 100000000, QEMU 100000001`; at most `limit` places. */
export function differences(
  ours: ReplayAnswer,
  recorded: unknown,
  options: { readonly limit: number; readonly asSetPerNs: boolean },
): readonly string[] {
  const found: string[] = []
  const theirs = isObject(recorded) ? onlyAnswered(recorded, ours) : recorded
  const sorted = options.asSetPerNs ? { ...ours, order: sortedWithinNs(ours.order) } : ours
  compare(sorted, options.asSetPerNs ? withSortedOrder(theirs) : theirs, '', (place, mine, theirs) => {
    if (found.length < options.limit) found.push(`${place}: ${show(mine)}, QEMU ${show(theirs)}`)
  })
  return found
}

/** Without what a recorder says about itself beside the answer: which QEMU, when, how often. */
function onlyAnswered(recorded: Readonly<Record<string, unknown>>, ours: ReplayAnswer) {
  return Object.fromEntries(Object.entries(recorded).filter(([key]) => Object.hasOwn(ours, key)))
}

function sortedWithinNs<T extends readonly unknown[]>(order: readonly T[]): readonly T[] {
  return [...order].sort((a, b) => Number(a[0]) - Number(b[0]) || JSON.stringify(a).localeCompare(JSON.stringify(b)))
}

function withSortedOrder(recorded: unknown): unknown {
  if (!isObject(recorded) || !Array.isArray(recorded.order)) return recorded
  return { ...recorded, order: sortedWithinNs(recorded.order) }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

type Differ = (place: string, mine: unknown, theirs: unknown) => void

function compare(mine: unknown, theirs: unknown, place: string, differ: Differ): void {
  if (Array.isArray(mine) && Array.isArray(theirs)) {
    const length = Math.max(mine.length, theirs.length)
    for (let index = 0; index < length; index += 1) compare(mine[index], theirs[index], `${place}[${index}]`, differ)
  } else if (isObject(mine) && isObject(theirs)) {
    for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      compare(mine[key], theirs[key], place === '' ? key : `${place}.${key}`, differ)
    }
  } else if (mine !== theirs) differ(place, mine, theirs)
}
