import type { Loss } from './format.ts'

/** Renamed and converted things are still said. */
export function isLost(loss: Loss): boolean {
  return loss.kind !== 'renamed' && loss.kind !== 'converted'
}

/** What is gone before what is only said otherwise. */
export function sortLosses(losses: readonly Loss[]): readonly Loss[] {
  return [...losses.filter(isLost), ...losses.filter((loss) => !isLost(loss))]
}
