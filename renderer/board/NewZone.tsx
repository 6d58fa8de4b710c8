import { Plus } from 'lucide-react'
import { addGroupWith } from '../store/actions.ts'
import { useDrag } from './drag.ts'
import { NEW_ZONE_HEIGHT } from './layout.ts'
import styles from './NewZone.module.css'

/** The end of the board: a press or a dropped card starts a new group. */
export function NewZone({ top }: { readonly top: number }) {
  const isTarget = useDrag(({ drag }) => drag?.place?.kind === 'new')
  return (
    <button
      type="button"
      className={styles.zone}
      data-target={isTarget || undefined}
      style={{ top, height: NEW_ZONE_HEIGHT }}
      onClick={() => addGroupWith([])}
    >
      <Plus />
      New throttle group <span>— or drop a device here</span>
    </button>
  )
}
