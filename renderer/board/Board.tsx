import { DragDropProvider } from '@dnd-kit/react'
import { useMemo, useRef } from 'react'
import { usePaint } from '../store/paint.ts'
import { FREE_LANE, selectDevices, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { writeAttribute } from '../ui/metric.ts'
import styles from './Board.module.css'
import { BoardMenu } from './BoardMenu.tsx'
import { pressBoardKey } from './board-keys.ts'
import { DragGhost } from './DragGhost.tsx'
import { useDrag } from './drag.ts'
import { EmptyBoard } from './EmptyBoard.tsx'
import { Lane } from './Lane.tsx'
import { laneMarkTop, useLaneDrag } from './lane-drag.ts'
import { type BoardLayout, type LaneLayout, laneInputs, layoutBoard, visibleCards, visibleLanes } from './layout.ts'
import { NewZone } from './NewZone.tsx'
import { useReveal } from './reveal.ts'
import { useBoardDrag } from './use-board-drag.ts'
import { useViewport, type Viewport } from './viewport.ts'

/** The lanes. Only what is in sight is drawn; where everything stands is reckoned in layout.ts. */
export function Board() {
  const scroller = useRef<HTMLDivElement>(null)
  const viewport = useViewport(scroller)
  const workspace = useWorkspace((state) => state.workspace)
  const collapsed = useUi((ui) => ui.collapsedLanes)
  const head = useUi((ui) => (ui.mode === 'qemu' ? 'note' : 'ring'))
  const layout = useMemo(
    () => layoutBoard(viewport.width, laneInputs(workspace, { collapsed, freeLane: FREE_LANE, head })),
    [viewport.width, workspace, collapsed, head],
  )
  const current = useRef<BoardLayout>(layout)
  current.current = layout
  const drag = useBoardDrag(scroller, current)
  useReveal(scroller, current)
  usePaint((snapshot) => writeAttribute(scroller.current, 'data-revision', String(snapshot?.revision ?? 0)))
  const isEmpty = workspace.devices.length === 0 && Object.keys(workspace.groups).length === 0

  return (
    <DragDropProvider {...drag.provider}>
      <BoardMenu>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keys pressed on the cards and lanes inside bubble up to here */}
        <div
          ref={scroller}
          className={styles.board}
          data-board=""
          onKeyDown={(event) => {
            if (pressBoardKey(current.current, event.nativeEvent)) event.preventDefault()
          }}
          onTouchStart={(event) => {
            // A finger that rests on a card picks it up; without this the menu would open under it a moment later.
            if (event.target instanceof Element && event.target.closest('[data-device]')) event.stopPropagation()
          }}
          onPointerDown={(event) => {
            if (event.target === event.currentTarget.firstElementChild) selectDevices([])
          }}
        >
          <div className={styles.content} style={{ height: layout.height }}>
            {isEmpty ? <EmptyBoard /> : <Lanes layout={layout} viewport={viewport} />}
          </div>
          <p id="board-drag-help" className="visually-hidden">
            Enter selects. Space picks the device up; then arrow keys choose the group and the place, Space drops it,
            Escape cancels.
          </p>
        </div>
      </BoardMenu>
      <DragGhost element={drag.ghost} origin={drag.origin} />
    </DragDropProvider>
  )
}

function Lanes({ layout, viewport }: { readonly layout: BoardLayout; readonly viewport: Viewport }) {
  const grabbed = useDrag(({ drag }) => drag?.grabbed ?? null)
  const { first, end } = visibleLanes(layout, viewport.from, viewport.to)
  const shown = layout.lanes.slice(first, end)
  // The grabbed card stays drawn wherever the board is scrolled to: the drag hangs on it.
  const home = grabbed === null ? undefined : layout.lanes.find((lane) => hasCard(lane, grabbed))
  const lanes = home && !shown.includes(home) ? [...shown, home] : shown
  return (
    <>
      {lanes.map((lane) => {
        const cards = visibleCards(lane, viewport.from, viewport.to)
        const held = lane === home ? lane.devices.findIndex((device) => device.id === grabbed) : -1
        return (
          <Lane
            key={lane.group ?? FREE_LANE}
            lane={lane}
            firstCard={held < 0 ? cards.first : Math.min(cards.first, held)}
            endCard={held < 0 ? cards.end : Math.max(cards.end, held + 1)}
          />
        )
      })}
      <NewZone top={layout.newZoneTop} />
      <LaneMark layout={layout} />
    </>
  )
}

/** Where the dragged lane would stand. */
function LaneMark({ layout }: { readonly layout: BoardLayout }) {
  const top = useLaneDrag(({ drag }) => drag && laneMarkTop(layout, drag))
  return top === null ? null : <div className={styles.laneMark} aria-hidden="true" style={{ top: top - 8 }} />
}

function hasCard(lane: LaneLayout, id: string): boolean {
  return lane.devices.some((device) => device.id === id)
}
