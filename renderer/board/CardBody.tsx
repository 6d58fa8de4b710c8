import { Ellipsis, GripVertical } from 'lucide-react'
import { useRef } from 'react'
import { laneOf } from '#shared/workspace/lanes.ts'
import { describeWorkload } from '#shared/workspace/workload-words.ts'
import { type Device, findDevice } from '#shared/workspace/workspace.ts'
import { renameDevice } from '../store/actions.ts'
import { useAlarmOf } from '../store/live.ts'
import { usePaint } from '../store/paint.ts'
import { setUi, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import styles from './CardBody.module.css'
import { CardFigures } from './CardFigures.tsx'
import { CardLevels } from './CardLevels.tsx'
import { Flag } from './Flag.tsx'
import { GoalRow } from './GoalRow.tsx'
import { InlineName } from './InlineName.tsx'
import { useDeviceIssue, useStagedMove } from './marks.ts'
import { openMenuAt } from './open-menu.ts'
import { paintCard } from './paint-card.ts'
import { StopNote } from './StopNote.tsx'
import { TokenMark } from './TokenMark.tsx'

interface Props {
  readonly device: Device
  /** The levels of its chain that stand in the card. */
  readonly levels: readonly number[]
  /** It has a goal: a row says how that stands. */
  readonly isPromised: boolean
  readonly width: number
  readonly handleRef?: ((element: Element | null) => void) | undefined
  readonly isSelected: boolean
  /** One card of a lane takes the Tab key; the arrow keys go to the others. */
  readonly isTabStop: boolean
}

/** What stands on a card. The figures are written by `paintCard`, past React. */
export function CardBody({ device, levels, isPromised, width, handleRef, isSelected, isTabStop }: Props) {
  const { id } = device
  const root = useRef<HTMLDivElement>(null)
  const units = useUi((ui) => ui.settings.units)
  const lane = useLane(device)
  usePaint((snapshot) => paintCard(root.current, snapshot, { id, lane, width: width - 24, units }))
  return (
    <div ref={root} className={styles.frame}>
      <div className={styles.body} data-levels={levels.length > 0 || isPromised || undefined}>
        <span className={styles.tokens}>
          <span data-part="read-token" title="Holds the read token">
            <TokenMark direction="read" />
          </span>
          <span data-part="write-token" title="Holds the write token">
            <TokenMark direction="write" />
          </span>
        </span>
        <CardHead device={device} handleRef={handleRef} isSelected={isSelected} isTabStop={isTabStop} />
        <CardFigures />
        <StopNote id={id} />
      </div>
      <CardLevels device={device} levels={levels} />
      {isPromised && <GoalRow id={id} />}
    </div>
  )
}

function CardHead({ device, handleRef, isSelected, isTabStop }: Omit<Props, 'levels' | 'isPromised' | 'width'>) {
  const { id } = device
  const load = describeCardLoad(device)
  return (
    <header className={styles.head}>
      <button
        ref={handleRef ?? null}
        type="button"
        className={styles.handle}
        aria-label={`Move ${id}`}
        tabIndex={isTabStop ? 0 : -1}
        onFocus={() => setUi({ focusedDevice: id })}
        aria-pressed={isSelected}
        aria-describedby="board-drag-help"
      >
        <GripVertical />
      </button>
      <CardName id={id} />
      <CardFlags device={device} />
      <small className={styles.load} title={load}>
        {load}
      </small>
      <button
        type="button"
        className={styles.more}
        aria-label={`Menu of ${id}`}
        tabIndex={isTabStop ? 0 : -1}
        aria-haspopup="menu"
        onClick={openMenuAt}
      >
        <Ellipsis />
      </button>
    </header>
  )
}

/** A card that is about to go may be drawn once more after its device is gone. */
function useLane(device: Device): string | null {
  return useWorkspace(({ workspace }) =>
    findDevice(workspace, device.id) === undefined ? null : laneOf(workspace, device),
  )
}

function CardName({ id }: { readonly id: string }) {
  const renaming = useUi((ui) => ui.renaming?.kind === 'device' && ui.renaming.name === id)
  if (!renaming) {
    return (
      <h3 className={styles.name} title={id} onDoubleClick={() => setUi({ renaming: { kind: 'device', name: id } })}>
        {id}
      </h3>
    )
  }
  return (
    <InlineName
      label={`Name of device ${id}`}
      name={id}
      onRename={(name) => renameDevice(id, name)}
      onClose={() => setUi({ renaming: null })}
    />
  )
}

function CardFlags({ device }: { readonly device: Device }) {
  const issue = useDeviceIssue(device.id)
  const staged = useStagedMove(device.id, useLane(device))
  const alarm = useAlarmOf(device.id)
  return (
    <>
      {issue !== null && <Flag kind="issue" text={issue} />}
      {staged !== null && <Flag kind="staged" text={staged} />}
      {alarm !== null && <Flag kind="alarm" text={alarm} />}
    </>
  )
}

/** A VM's load is its guest's business: there the card says what QEMU calls the disk. */
function describeCardLoad(device: Device): string {
  const { drive, node } = device.qemu
  if (device.workload.kind !== 'idle' || Object.keys(device.qemu).length === 0) return describeWorkload(device.workload)
  const name = drive ?? node
  return name === undefined || name === device.id ? '' : name
}
