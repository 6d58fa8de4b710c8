import { type CSSProperties, memo } from 'react'
import type { Device } from '#shared/workspace/workspace.ts'
import { addDeviceTo, countDevices, laneName } from '../store/actions.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from './Card.tsx'
import { useDrag } from './drag.ts'
import styles from './Lane.module.css'
import { LaneHead } from './LaneHead.tsx'
import { useLaneDrag } from './lane-drag.ts'
import { cardPlace, type LaneLayout } from './layout.ts'

interface Props {
  readonly lane: LaneLayout
  /** Cards in view: the others are not drawn. */
  readonly firstCard: number
  readonly endCard: number
}

export const Lane = memo(function Lane({ lane, firstCard, endCard }: Props) {
  const { group, devices, collapsed } = lane
  const isSelected = useUi((ui) => ui.selectedGroup === group && ui.selectedDevices.length === 0)
  const tabStop = useUi((ui) => tabStopOf(devices, ui.focusedDevice, firstCard))
  const isMoving = useLaneDrag(({ drag }) => drag !== null && drag.group === group)
  const isTarget = useDrag(({ drag }) => drag?.place?.kind === 'lane' && drag.place.group === group)
  return (
    <section
      className={styles.lane}
      aria-label={group === null ? 'Not throttled' : `Throttle group ${group}`}
      data-lane={group ?? ''}
      data-free={group === null || undefined}
      data-selected={isSelected || undefined}
      data-collapsed={collapsed || undefined}
      data-target={isTarget || undefined}
      data-moving={isMoving || undefined}
      data-stacked={(lane.stackedHead !== null && !collapsed) || undefined}
      style={{ top: lane.top, height: lane.height, ...rowsOf(lane) }}
    >
      <LaneHead lane={lane} />
      {!collapsed && devices.length === 0 && <EmptyLane group={group} held={lane.held} />}
      {devices.slice(firstCard, endCard).map((device, offset) => (
        <Card
          key={device.id}
          device={device}
          width={lane.cardWidth}
          isTabStop={device.id === tabStop}
          {...cardPlace(lane, firstCard + offset)}
        />
      ))}
      {isTarget && <DropMark lane={lane} />}
    </section>
  )
}, isSame)

/** Of the grid: the head's height above the cards'. */
function rowsOf({ stackedHead, collapsed }: LaneLayout): CSSProperties {
  return stackedHead === null || collapsed ? {} : { gridTemplateRows: `${stackedHead}px minmax(0, 1fr)` }
}

/** The card that was focused last, if it is here; else the first one drawn. */
function tabStopOf(devices: readonly Device[], focused: string | null, firstCard: number): string | undefined {
  const isHere = focused !== null && devices.some((device) => device.id === focused)
  return isHere ? focused : devices[firstCard]?.id
}

function EmptyLane({ group, held }: { readonly group: string | null; readonly held: number }) {
  const isVm = useUi((ui) => ui.mode === 'qemu')
  if (held > 0) {
    return (
      <div className={styles.empty}>
        <p>
          Holds {countDevices(held)} of other lanes, each at a level of {held === 1 ? 'its card' : 'their cards'}.
        </p>
      </div>
    )
  }
  const drop = group === null ? 'Drop a device here to free it from its limits' : 'Drop a device here'
  return (
    <div className={styles.empty}>
      <p>{isVm ? `${drop}.` : `${drop}, or add one.`}</p>
      {!isVm && (
        <Button size="s" onClick={() => addDeviceTo(group)}>
          Add device to {laneName(group)}
        </Button>
      )}
    </div>
  )
}

/** Where the dragged card would stand. */
function DropMark({ lane }: { readonly lane: LaneLayout }) {
  const index = useDrag(({ drag }) => (drag?.place?.kind === 'lane' ? drag.place.index : 0))
  if (lane.collapsed || lane.devices.length === 0) return null
  // Behind the last card of a row the mark stands at that card's end, not at the start of the next row.
  const isRowEnd = index > 0 && index % lane.columns === 0 && index === lane.devices.length
  const { left, top } = cardPlace(lane, isRowEnd ? index - 1 : index)
  return (
    <div
      className={styles.mark}
      aria-hidden="true"
      style={{ left: isRowEnd ? left + lane.cardWidth + 3 : left - 7, top, height: lane.cardHeight }}
    />
  )
}

/** A layout is made again with each edit; a lane is drawn again only when something of it differs. */
function isSame(a: Props, b: Props): boolean {
  const { devices: before, ...restBefore } = a.lane
  const { devices: after, ...restAfter } = b.lane
  const keys = Object.keys(restBefore) as (keyof typeof restBefore)[] // an object's own keys
  return (
    a.firstCard === b.firstCard &&
    a.endCard === b.endCard &&
    keys.every((key) => restBefore[key] === restAfter[key]) &&
    before.length === after.length &&
    before.every((device, index) => device === after[index])
  )
}
