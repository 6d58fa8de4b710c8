/** Which of some ascending moments come after a time in which nothing was measured (a VM that was not looked at, a monitor that
    did not answer): over such a time no line may lead. It is at least `least` (in the unit of the moments) and at least three
    of the usual steps, since some sources are looked at seldom by their nature. */
export function momentsAfterPause(moments: readonly number[], least: number): ReadonlySet<number> {
  const steps = moments.slice(1).map((at, index) => at - (moments[index] ?? 0))
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
  const bound = Math.max(least, 3 * usual)
  return new Set(steps.flatMap((step, index) => (step >= bound ? [index + 1] : [])))
}
