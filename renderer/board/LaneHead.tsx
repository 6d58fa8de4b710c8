import { useDraggable } from '@dnd-kit/react'
import { ChevronDown, Ellipsis, Plus } from 'lucide-react'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { addDeviceTo, countDevices, laneName, renameGroup } from '../store/actions.ts'
import { useAlarmOf } from '../store/live.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { FREE_LANE, selectGroup, setUi, toggleLane, useUi } from '../store/ui.ts'
import { Flag } from './Flag.tsx'
import { InlineName } from './InlineName.tsx'
import { LaneFacts } from './LaneFacts.tsx'
import styles from './LaneHead.module.css'
import { LaneMeters } from './LaneMeters.tsx'
import { LaneTotals } from './LaneTotals.tsx'
import { LiveNote } from './LiveNote.tsx'
import type { LaneLayout } from './layout.ts'
import { useGroupIssue, useStagedLimits } from './marks.ts'
import { openMenuAt } from './open-menu.ts'

interface Props {
  readonly lane: LaneLayout
}

export function LaneHead({ lane }: Props) {
  const { group, collapsed, devices } = lane
  const { ref } = useDraggable({ id: `lane ${group}`, type: 'lane', data: { group }, disabled: group === null })
  const name = laneName(group)
  const isVm = useUi((ui) => ui.mode === 'qemu')
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
        <LaneFlags group={group} />
        <span className={styles.tag}>{countDevices(devices.length)}</span>
        {collapsed && <LaneTotals devices={devices} look="inline" />}
        <span className={styles.actions}>
          {!isVm && (
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
          )}
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

function LaneFlags({ group }: { readonly group: string | null }) {
  const issue = useGroupIssue(group)
  const staged = useStagedLimits(group)
  const alarm = useAlarmOf(group)
  return (
    <>
      {issue !== null && <Flag kind="issue" text={issue} />}
      {staged !== null && <Flag kind="staged" text={staged} />}
      {alarm !== null && <Flag kind="alarm" text={alarm} />}
    </>
  )
}

function LaneBody({ lane }: Props) {
  const { group, limits, devices } = lane
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
      <LaneEnd lane={lane} group={group} />
    </>
  )
}

/** Below the meters: who has the turn, or why nobody needs one. */
function LaneEnd({ lane, group }: Props & { readonly group: string }) {
  const isEstimated = useSnapshot((snapshot) => snapshot?.groups[group]?.estimated ?? false)
  if (lane.held === 0) return <p className={styles.note}>No device shares these limits yet.</p>
  if (!hasAnyLimit(lane.limits))
    return <p className={styles.note}>No limit is set: requests go straight to the disk.</p>
  if (lane.head === 'ring') return <LaneFacts group={group} />
  return isEstimated ? <LiveNote group={group} /> : null
}
