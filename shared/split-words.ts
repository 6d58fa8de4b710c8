import type { SplitComparison } from './frontier.ts'
import { formatShort } from './units.ts'

/** `84 % less`: what one group in which each disk keeps the promise saves against limits apart; `no less`. */
export function savedWords({ apartSum, sharedByEach }: Pick<SplitComparison, 'apartSum' | 'sharedByEach'>): string {
  const share = apartSum > 0 ? 1 - sharedByEach / apartSum : 0
  return share > 0 ? `${formatShort(share * 100)} % less` : 'no less'
}
