import { memo, useDeferredValue, useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Limits } from '#shared/throttle/limits.ts'
import { limitBreaches } from '#shared/throttle/rules.ts'
import { findStarvation } from '#shared/throttle/starvation.ts'
import { membersOf } from '#shared/workspace/workspace.ts'
import { useShownGroup, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Note } from '../ui/Note.tsx'
import { IopsSizeSection } from './IopsSizeSection.tsx'
import styles from './LimitsPanel.module.css'
import { useLimitEditor } from './limit-editor.ts'
import { memberLoad } from './member-loads.ts'
import { PresetPicker } from './PresetPicker.tsx'
import { UnitSection } from './UnitSection.tsx'

/** Everything about the limits of the selected lane's group. */
export function LimitsPanel() {
  const shown = useShownGroup()
  // What is redrawn for another group comes piece by piece: a card that is picked up changes it, too.
  const before = useDeferredValue(shown)
  const isThere = useWorkspace(({ workspace }) => before === null || Object.hasOwn(workspace.groups, before))
  const group = isThere ? before : shown
  const limits = useWorkspace((state) => (group === null ? undefined : state.workspace.groups[group]))
  // A group of the same name in another document is another group.
  const generation = useUi((ui) => ui.document.generation)
  if (group === null || limits === undefined) return <NoLimits />
  return <GroupLimits key={`${generation} ${group}`} group={group} limits={limits} />
}

function NoLimits() {
  const hasGroups = useWorkspace((state) => Object.keys(state.workspace.groups).length > 0)
  return (
    <aside className={styles.panel} aria-label="Limits">
      <header>
        <h1>Not throttled</h1>
        <p className={styles.sub}>Requests of these devices pass straight through.</p>
      </header>
      <Note>
        {hasGroups
          ? 'Select a throttle group to see and set its limits, or drag a device into one.'
          : 'Make a throttle group on the board, then drag a device into it.'}
      </Note>
    </aside>
  )
}

interface GroupProps {
  readonly group: string
  readonly limits: Limits
}

const GroupLimits = memo(function GroupLimits({ group, limits }: GroupProps) {
  const members = useWorkspace(useShallow((state) => membersOf(state.workspace, group)))
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const units = useUi((ui) => ui.settings.units)
  const editor = useLimitEditor(group)
  const breaches = useMemo(() => limitBreaches(limits), [limits])
  const starvation = useMemo(
    () =>
      findStarvation(
        limits,
        members.map((device) => memberLoad(device, isLive)),
        units,
      ),
    [limits, members, isLive, units],
  )
  const count = members.length
  const fields = { group, limits, editor, breaches, starvation }
  return (
    <aside className={styles.panel} aria-label={`Limits of ${group}`}>
      <header>
        <div className={styles.head}>
          <h1 title={group}>{group}</h1>
          <PresetPicker group={group} editor={editor} />
        </div>
        <p className={styles.sub}>
          Throttle group · {count === 1 ? '1 device has' : `${count === 0 ? 'no' : count} devices share`} these limits
        </p>
      </header>
      {breaches.length > 0 && (
        <Note tone="danger">
          Not in force: QEMU refuses these limits. The previous ones stay until{' '}
          {breaches.length === 1 ? 'it is' : 'they are'} fixed below.
        </Note>
      )}
      <UnitSection {...fields} unit="iops" title="IOPS" />
      <UnitSection {...fields} unit="bps" title="Bandwidth" />
      <IopsSizeSection group={group} limits={limits} members={members} editor={editor} breaches={breaches} />
    </aside>
  )
})
