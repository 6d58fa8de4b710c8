import { useDraggable } from '@dnd-kit/react'
import { memo } from 'react'
import type { Device } from '#shared/workspace/workspace.ts'
import { useUi } from '../store/ui.ts'
import styles from './Card.module.css'
import { CardBody } from './CardBody.tsx'
import { useDrag } from './drag.ts'
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
      style={{ left, top, width }}
      onClick={(event) => {
        if (!event.defaultPrevented) pressCard(id, event)
      }}
    >
      <CardBody device={device} width={width} handleRef={handleRef} isSelected={isSelected} isTabStop={isTabStop} />
    </article>
  )
})
