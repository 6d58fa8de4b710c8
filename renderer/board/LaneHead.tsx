import { useDraggable } from '@dnd-kit/react'
import { ChevronDown, Ellipsis, Plus } from 'lucide-react'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { addDeviceTo, countDevices, laneName, renameGroup } from '../store/actions.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { FREE_LANE, selectGroup, setUi, toggleLane, useUi } from '../store/ui.ts'
import { InlineName } from './InlineName.tsx'
import { LaneFacts } from './LaneFacts.tsx'
import styles from './LaneHead.module.css'
import { LaneMeters } from './LaneMeters.tsx'
import { LaneTotals } from './LaneTotals.tsx'
import type { LaneLayout } from './layout.ts'
import { openMenuAt } from './open-menu.ts'

interface Props {
  readonly lane: LaneLayout
}

export function LaneHead({ lane }: Props) {
  const { group, collapsed, devices } = lane
  const { ref } = useDraggable({ id: `lane ${group}`, type: 'lane', data: { group }, disabled: group === null })
  const name = laneName(group)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the name inside is a button and does the same
    // biome-ignore lint/a11y/noStaticElementInteractions: as above; the whole head is the larger target
    <div
      ref={ref}
      className={styles.head}
      data-movable={group !== null || undefined}
      onClick={() => selectGroup(group)}
    >
      <div className={styles.title}>
        <button
          type="button"
          className={styles.fold}
          aria-label={`${collapsed ? 'Expand' : 'Collapse'} ${name}`}
          aria-expanded={!collapsed}
          onClick={(event) => {
            event.stopPropagation()
            toggleLane(group ?? FREE_LANE)
          }}
        >
          <ChevronDown />
        </button>
        <LaneName group={group} />
        <span className={styles.tag}>{countDevices(devices.length)}</span>
        {collapsed && <LaneTotals devices={devices} look="inline" />}
        <span className={styles.actions}>
          <button
            type="button"
            aria-label={`Add device to ${name}`}
            onClick={(event) => {
              event.stopPropagation()
              addDeviceTo(group)
            }}
          >
            <Plus />
          </button>
          {group !== null && (
            <button type="button" aria-label={`Menu of group ${name}`} aria-haspopup="menu" onClick={openMenuAt}>
              <Ellipsis />
            </button>
          )}
        </span>
      </div>
      {!collapsed && <LaneBody lane={lane} />}
    </div>
  )
}

function LaneName({ group }: { readonly group: string | null }) {
  const renaming = useUi((ui) => ui.renaming?.kind === 'group' && ui.renaming.name === group)
  const isSelected = useUi((ui) => ui.selectedGroup === group)
  if (group !== null && renaming) {
    return (
      <InlineName
        label={`Name of group ${group}`}
        name={group}
        onRename={(name) => renameGroup(group, name)}
        onClose={() => setUi({ renaming: null })}
      />
    )
  }
  return (
    <h2 className={styles.name}>
      <button
        type="button"
        data-lane-name={group ?? ''}
        aria-pressed={isSelected}
        onDoubleClick={() => group !== null && setUi({ renaming: { kind: 'group', name: group } })}
      >
        {laneName(group)}
      </button>
    </h2>
  )
}

function LaneBody({ lane }: Props) {
  const { group, limits, devices } = lane
  const isEstimated = useSnapshot((snapshot) =>
    group === null ? false : (snapshot?.groups[group]?.estimated ?? false),
  )
  if (group === null) {
    return (
      <>
        <LaneTotals devices={devices} look="row" />
        <p className={styles.note}>No limits: every request goes straight to the disk.</p>
      </>
    )
  }
  return (
    <>
      <LaneTotals devices={devices} look="hidden" />
      <LaneMeters group={group} limits={limits} />
      {devices.length > 0 && lane.head === 'ring' ? (
        <LaneFacts group={group} />
      ) : (
        <p className={styles.note}>{noteOf(lane, isEstimated)}</p>
      )}
    </>
  )
}

function noteOf(lane: LaneLayout, isEstimated: boolean): string {
  if (lane.devices.length === 0) return 'No device shares these limits yet.'
  if (!hasAnyLimit(lane.limits)) return 'No limit is set: every request goes straight to the disk.'
  return isEstimated ? 'Bucket levels are estimated; QEMU tells neither ring, timer nor queue.' : ''
}
