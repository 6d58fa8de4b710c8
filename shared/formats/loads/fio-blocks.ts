import { type BlockShare, MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'
import { type FioContext, optionOf } from './fio-context.ts'
import { parseFioNumber, parseFioSplit, perDirection } from './fio-values.ts'

// The sizes of a job's requests: bs, bsrange or bssplit, for reads and writes apart.

const MAX_SHARES = 32
/** fio's, of a direction that has none. */
const USUAL_BYTES = 4096

/** Means of each direction. */
export interface FioBytes {
  readonly readBytes: number
  readonly writeBytes: number
}

function clampBlock(context: FioContext, option: string, bytes: number): number {
  const possible = Math.min(MAX_REQUEST_BYTES, Math.max(512, bytes))
  if (possible !== bytes)
    context.report(
      'rounded',
      option,
      `blocks of ${bytes} bytes become ${possible}; 512 to ${MAX_REQUEST_BYTES} are possible`,
    )
  return possible
}

/** Sizes between two bounds in steps of the smaller, as fio draws them. */
function rangeShares(context: FioContext, text: string): readonly BlockShare[] | null {
  const [low, high] = text.split('-').map((part) => parseFioNumber(part, context.kbBase))
  if (low === null || low === undefined || high === null || high === undefined || low < 1 || high < low) return null
  const count = Math.floor(high / low)
  const step = Math.ceil(count / MAX_SHARES)
  if (step > 1)
    context.report(
      'converted',
      'bsrange',
      `${count} sizes from ${low} to ${high} become ${Math.ceil(count / step)} of them`,
    )
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => ({ bytes: low * (1 + index * step), weight: 1 }))
}

function single(bytes: number | null): readonly BlockShare[] | null {
  return bytes === null ? null : [{ bytes, weight: 1 }]
}

/** The shares of one direction, by whichever option the job uses for it. */
function directionShares(context: FioContext, direction: 'read' | 'write'): readonly BlockShare[] {
  for (const [option, parse] of [
    ['bssplit', (text: string) => parseFioSplit(text, context.kbBase)],
    ['bsrange', (text: string) => rangeShares(context, text)],
    ['bs', (text: string) => single(parseFioNumber(text, context.kbBase))],
  ] as const) {
    const text = optionOf(context, option)
    const own = text === null ? null : perDirection(text)[direction]
    if (own === null) continue
    const shares = parse(own)
    if (shares !== null && shares.length > 0) {
      if (shares.length > MAX_SHARES)
        context.report('dropped', option, `of ${shares.length} sizes the first ${MAX_SHARES} are kept`)
      return shares.slice(0, MAX_SHARES).map((share) => ({ ...share, bytes: clampBlock(context, option, share.bytes) }))
    }
    context.report(
      'not-understood',
      option,
      `${JSON.stringify(own)} is not a size that Weir reads; ${USUAL_BYTES} bytes are taken`,
    )
  }
  return [{ bytes: USUAL_BYTES, weight: 1 }]
}

/**
 * Weir draws sizes without regard to the direction: where reads and writes differ, each is weighted with its share, which
 * `sharePercentOf` tells once the sizes are known.
 */
export function readBlocks(
  context: FioContext,
  mixPercent: number,
  sharePercentOf: (bytes: FioBytes) => number,
): number | readonly BlockShare[] {
  const read = directionShares(context, mixPercent === 0 ? 'write' : 'read')
  const write = mixPercent === 0 || mixPercent === 100 ? read : directionShares(context, 'write')
  const readPercent = sharePercentOf({ readBytes: meanOf(read), writeBytes: meanOf(write) })
  if (JSON.stringify(read) === JSON.stringify(write)) return asBlocks(read)
  context.report(
    'converted',
    'bs',
    'reads and writes have sizes of their own; Weir draws all requests from both, weighted by how many there are of each',
  )
  const all = mergeShares(weighted(read, readPercent), weighted(write, 100 - readPercent))
  if (all.length > MAX_SHARES)
    context.report('dropped', 'bs', `of ${all.length} sizes the first ${MAX_SHARES} are kept`)
  return asBlocks(all.slice(0, MAX_SHARES))
}

function asBlocks(shares: readonly BlockShare[]): number | readonly BlockShare[] {
  const [only] = shares
  return shares.length === 1 && only ? only.bytes : shares
}

function meanOf(shares: readonly BlockShare[]): number {
  const total = shares.reduce((sum, share) => sum + share.weight, 0)
  return shares.reduce((sum, share) => sum + share.bytes * share.weight, 0) / total
}

function weighted(shares: readonly BlockShare[], percent: number): readonly BlockShare[] {
  const total = shares.reduce((sum, share) => sum + share.weight, 0)
  return shares.map((share) => ({ bytes: share.bytes, weight: (share.weight / total) * percent }))
}

function mergeShares(a: readonly BlockShare[], b: readonly BlockShare[]): readonly BlockShare[] {
  const weights = new Map<number, number>()
  for (const { bytes, weight } of [...a, ...b]) weights.set(bytes, (weights.get(bytes) ?? 0) + weight)
  return [...weights].map(([bytes, weight]) => ({ bytes, weight }))
}
