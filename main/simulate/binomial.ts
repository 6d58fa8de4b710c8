import type { Random } from '#main/load/random.ts'

/** Above this many expected of the rarer kind the normal distribution is as good. */
const EXACT_UP_TO = 30

/** How many of `count` independent draws, each with probability `share`, come out. */
export function binomial(random: Random, count: number, share: number): number {
  if (share > 0.5) return count - binomial(random, count, 1 - share)
  if (count === 0 || share <= 0) return 0
  if (count * share <= EXACT_UP_TO) return bySkipping(random, count, share)
  const deviation = Math.sqrt(count * share * (1 - share)) * normal(random)
  return Math.min(count, Math.max(0, Math.round(count * share + deviation)))
}

/** Exact: the gaps from one hit to the next are geometrically distributed. */
function bySkipping(random: Random, count: number, share: number): number {
  const scale = -1 / Math.log1p(-share)
  let hits = 0
  for (let at = Math.floor(random.exponential() * scale); at < count; hits += 1) {
    at += 1 + Math.floor(random.exponential() * scale)
  }
  return hits
}

/** Box and Muller's. */
function normal(random: Random): number {
  return Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.unit())
}
