import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { findDevice } from '#shared/workspace/workspace.ts'
import { type StageTarget, stageProposed } from '../bridge/choose.ts'
import { type ChooseSource, useChoose } from '../store/choose.ts'
import { canHoldAlone, heldBy } from '../store/choose-target.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './ChoosePanel.module.css'

/** The way of the proposed limits onto the board. */
export function StageButton() {
  const source = useChoose((state) => state.source)
  const selected = useUi((ui) => ui.selectedGroup)
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const groups = useWorkspace(useShallow((state) => Object.keys(state.workspace.groups)))
  const held = useWorkspace(({ workspace }) => heldBy(workspace, source))
  const alone = useAlone(source)
  const [picked, setPicked] = useState<string | null>(null)
  const isPicked = source?.kind === 'recording'
  const group = isPicked ? (picked ?? selected ?? groups[0] ?? null) : held
  const isThere = group !== null && groups.includes(group)
  const target: StageTarget | null = isThere ? { group } : alone === null ? null : { alone }
  return (
    <div className={styles.actions}>
      {isPicked && (
        <Select
          label="Group to stage to"
          value={isThere ? group : null}
          placeholder="No group yet"
          options={groups.map((each) => ({ value: each, label: each }))}
          onChange={setPicked}
        />
      )}
      <Button variant="primary" disabled={target === null} onClick={() => target !== null && stageProposed(target)}>
        Stage these limits
      </Button>
      <p className={styles.sub}>{wordsOf(target, isLive)}</p>
    </div>
  )
}

/** The device whose limits of its own they would be; null: the load is not one device's, or it has no room for them. */
function useAlone(source: ChooseSource | null): string | null {
  return useWorkspace(({ workspace }) => {
    const device = source?.kind === 'device' ? findDevice(workspace, source.id) : undefined
    return device !== undefined && canHoldAlone(device) ? device.id : null
  })
}

function wordsOf(target: StageTarget | null, isLive: boolean): string {
  if (target === null) return 'Make a throttle group on the board first.'
  const whose = 'group' in target ? `the limits of ${target.group}` : `limits of ${target.alone}’s own`
  return `They become ${whose}${isLive ? ', and go to the VM when you press Apply' : ''}.`
}
