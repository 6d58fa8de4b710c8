import { assertNever } from '../assert.ts'
import { DIRECTIONS } from '../throttle/limits.ts'
import { formatIops, KIB, MIB } from '../units.ts'
import { ceilingOf } from './asked-rate.ts'
import type { SyntheticWorkload, Workload } from './workspace.ts'

/** A load in the shorthand of fio users: `rand 4k 70/30 qd16`, `seq 64k write qd8 500/s`. */
export function describeWorkload(workload: Workload): string {
  switch (workload.kind) {
    case 'idle':
      return 'idle'
    case 'trace':
      return `trace ${fileName(workload.path)}`
    case 'synthetic':
      return describeSynthetic(workload)
    default:
      return assertNever(workload)
  }
}

function describeSynthetic(workload: SyntheticWorkload): string {
  const words = [
    workload.pattern === 'random' ? 'rand' : 'seq',
    describeBlocks(workload.blockBytes),
    describeMix(workload.readPercent),
  ]
  if (workload.arrivals === 'closed') words.push(`qd${workload.iodepth}`)
  if (workload.rateIops > 0) words.push(`${formatIops(workload.rateIops)}/s`)
  for (const direction of DIRECTIONS) {
    const ceiling = ceilingOf(workload, direction)
    if (ceiling !== null) words.push(`${direction}s ${formatIops(ceiling)}/s`)
  }
  return words.join(' ')
}

function describeMix(readPercent: number): string {
  if (readPercent === 100) return 'read'
  return readPercent === 0 ? 'write' : `${readPercent}/${100 - readPercent}`
}

function describeBlocks(blockBytes: SyntheticWorkload['blockBytes']): string {
  if (typeof blockBytes === 'number') return describeSize(blockBytes)
  const sizes = blockBytes.map((share) => share.bytes)
  return `${describeSize(Math.min(...sizes))}–${describeSize(Math.max(...sizes))}`
}

function describeSize(bytes: number): string {
  if (bytes >= MIB && bytes % MIB === 0) return `${bytes / MIB}m`
  return bytes % KIB === 0 ? `${bytes / KIB}k` : `${bytes}`
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}
