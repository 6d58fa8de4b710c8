import { useDraggable } from '@dnd-kit/react'
import { memo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { hasGoal } from '#shared/workspace/goal-edits.ts'
import { cardLevels } from '#shared/workspace/lanes.ts'
import { type Device, findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { selectLevel, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import styles from './Card.module.css'
import { CardBody } from './CardBody.tsx'
import { useDrag } from './drag.ts'
import { cardHeight } from './layout.ts'
import { pressCard } from './selection.ts'

interface Props {
  readonly device: Device
  readonly left: number
  readonly top: number
  readonly width: number
  readonly isTabStop: boolean
}

/** One device. It can be grabbed anywhere but on its buttons; its handle is for the keyboard. */
export const Card = memo(function Card({ device, left, top, width, isTabStop }: Props) {
  const { id } = device
  const isSelected = useUi((ui) => ui.selectedDevices.includes(id))
  const isMoving = useDrag(({ drag }) => drag?.ids.includes(id) ?? false)
  const levels = useWorkspace(useShallow(({ workspace }) => levelsOf(workspace, id)))
  const isPromised = useWorkspace(({ workspace }) => hasGoal(workspace, id))
  const { ref, handleRef } = useDraggable({ id, type: 'card' })
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the handle inside is a button and does the same
    <article
      ref={ref}
      className={styles.card}
      aria-label={id}
      data-device={id}
      data-selected={isSelected || undefined}
      data-moving={isMoving || undefined}
      style={{ left, top, width, height: cardHeight(levels.length + (isPromised ? 1 : 0)) }}
      onClick={(event) => {
        if (event.defaultPrevented) return
        pressCard(id, event)
        const level = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-level]') : null
        if (level?.dataset.group !== undefined) selectLevel(level.dataset.group)
      }}
    >
      <CardBody
        device={device}
        levels={levels}
        isPromised={isPromised}
        width={width}
        handleRef={handleRef}
        isSelected={isSelected}
        isTabStop={isTabStop}
      />
    </article>
  )
})

const NONE: readonly number[] = []

/** Of a card that is about to go, because its device is gone already: none. */
export function levelsOf(workspace: Workspace, id: string): readonly number[] {
  const device = findDevice(workspace, id)
  return device === undefined ? NONE : cardLevels(workspace, device)
}
