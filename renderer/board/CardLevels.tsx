import { ownerOf } from '#shared/workspace/lanes.ts'
import type { Device } from '#shared/workspace/workspace.ts'
import { renameGroup } from '../store/actions.ts'
import { setUi, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import styles from './CardLevels.module.css'
import { InlineName } from './InlineName.tsx'

interface Props {
  readonly device: Device
  readonly levels: readonly number[]
}

/** The levels of a chain beside its lane's, each a lane in small. The figures are written by `paintLevels`. */
export function CardLevels({ device, levels }: Props) {
  return levels.map((level) => <LevelRow key={level} id={device.id} level={level} group={device.groups[level] ?? ''} />)
}

function LevelRow({ id, level, group }: { readonly id: string; readonly level: number; readonly group: string }) {
  const isOwn = useWorkspace(({ workspace }) => ownerOf(workspace, group) === id)
  const isShown = useUi((ui) => ui.selectedGroup === group && ui.selectedDevices.at(-1) === id)
  const renaming = useUi((ui) => ui.renaming?.kind === 'group' && ui.renaming.name === group)
  if (isOwn && renaming) {
    return (
      <div className={styles.level} data-level={level} data-group={group} data-renaming="">
        <InlineName
          label={`Name of group ${group}`}
          name={group}
          onRename={(name) => renameGroup(group, name)}
          onClose={() => setUi({ renaming: null })}
        />
      </div>
    )
  }
  return (
    <div className={styles.level} data-level={level} data-group={group} data-shown={isShown || undefined}>
      <span className={styles.name} data-part="name">
        {isOwn ? 'own' : group}
      </span>
      <span className={styles.bars} aria-hidden="true">
        <span className={styles.track}>
          <i data-part="fill" />
        </span>
        <span className={styles.line}>
          <i data-part="line" data-metric="level-bucket" />
        </span>
      </span>
      <span className={`num ${styles.use}`} data-part="use" data-metric="level-use" />
      <span className={styles.queue} data-part="queue">
        <span className={styles.mark} aria-hidden="true" />
        <span className="visually-hidden">queued</span>
        <b className="num" data-part="queued" data-metric="level-queued" />
      </span>
    </div>
  )
}
