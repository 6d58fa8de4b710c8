import type { Direction } from '../throttle/limits.ts'
import type { SyntheticWorkload } from './workspace.ts'

// The rate that a load asks for by itself: its own, or the ceilings of its directions.

/** Requests per second at most; null: as many as it gets. */
export function askedIops(load: SyntheticWorkload): number | null {
  const drawn = ([load.readPercent > 0 && 'read', load.readPercent < 100 && 'write'] as const).filter(
    (direction) => direction !== false,
  )
  const ceilings = drawn.map((direction) => ceilingOf(load, direction))
  const apart = ceilings.some((ceiling) => ceiling === null)
    ? null
    : ceilings.reduce<number>((sum, ceiling) => sum + (ceiling ?? 0), 0)
  if (load.rateIops === 0) return apart
  return apart === null ? load.rateIops : Math.min(load.rateIops, apart)
}

/** Whether a direction has a ceiling of its own. */
export function hasCeilings({ readRateIops, writeRateIops }: SyntheticWorkload): boolean {
  return readRateIops !== undefined || writeRateIops !== undefined
}

/** Requests of a direction per second; null: no ceiling of its own. */
export function ceilingOf({ readRateIops, writeRateIops }: SyntheticWorkload, direction: Direction): number | null {
  return (direction === 'read' ? readRateIops : writeRateIops) ?? null
}

/** The load with another ceiling of a direction; 0: with none. */
export function withCeiling(load: SyntheticWorkload, direction: Direction, iops: number): SyntheticWorkload {
  const ceilings = { read: ceilingOf(load, 'read') ?? 0, write: ceilingOf(load, 'write') ?? 0, [direction]: iops }
  return {
    ...withoutCeilings(load),
    ...(ceilings.read > 0 ? { readRateIops: ceilings.read } : {}),
    ...(ceilings.write > 0 ? { writeRateIops: ceilings.write } : {}),
  }
}

export function withoutCeilings(load: SyntheticWorkload): SyntheticWorkload {
  const { readRateIops: _reads, writeRateIops: _writes, ...rest } = load
  return rest
}
