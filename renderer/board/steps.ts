import type { Step } from './keyboard-sensor.ts'
import type { BoardLayout, DropPlace } from './layout.ts'

// Where a keyboard drag points after an arrow key: up and down go lane by lane (the last one is the new group), left and
// right go place by place inside the lane.

export function stepPlace(layout: BoardLayout, place: DropPlace | null, step: Step): DropPlace {
  const lanes = layout.lanes
  const at = place?.kind === 'lane' ? lanes.findIndex((lane) => lane.group === place.group) : lanes.length
  if (step === 'up' || step === 'down') return laneAt(layout, at + (step === 'up' ? -1 : 1), place)
  const lane = lanes[at]
  if (!lane || place?.kind !== 'lane') return { kind: 'new' }
  const count = lane.devices.length
  const index = { left: place.index - 1, right: place.index + 1, first: 0, last: count }[step]
  return { ...place, index: Math.max(0, Math.min(count, index)) }
}

/** The end of the lane, where a newcomer stands; a lane beyond the ends is the end itself. */
function laneAt(layout: BoardLayout, index: number, from: DropPlace | null): DropPlace {
  if (index >= layout.lanes.length) return { kind: 'new' }
  const lane = layout.lanes[Math.max(0, index)]
  if (!lane) return { kind: 'new' }
  if (from?.kind === 'lane' && from.group === lane.group) return from
  return { kind: 'lane', group: lane.group, index: lane.devices.length }
}

/** The card that an arrow key goes to from `id`; null at the board's ends. Up and down cross from lane to lane. */
export function neighbourCard(layout: BoardLayout, id: string, key: string): string | null {
  const lanes = layout.lanes.filter((lane) => lane.devices.length > 0 && !lane.collapsed)
  const laneIndex = lanes.findIndex((lane) => lane.devices.some((device) => device.id === id))
  const lane = lanes[laneIndex]
  if (!lane) return null
  const index = lane.devices.findIndex((device) => device.id === id)
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -lane.columns, ArrowDown: lane.columns }[key] ?? 0
  const inside = lane.devices[index + step]
  if (inside) return inside.id
  const other = lanes[laneIndex + Math.sign(step)]
  if (!other) return null
  if (key === 'ArrowRight') return other.devices[0]?.id ?? null
  if (key === 'ArrowLeft') return other.devices.at(-1)?.id ?? null
  const column = index % lane.columns
  if (key === 'ArrowDown') return other.devices[Math.min(column, other.devices.length - 1)]?.id ?? null
  const lastRow = Math.floor((other.devices.length - 1) / other.columns) * other.columns
  return other.devices[Math.min(lastRow + column, other.devices.length - 1)]?.id ?? null
}
