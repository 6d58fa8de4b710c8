import { configure, Sensor } from '@dnd-kit/abstract'
import type { DragDropManager, Draggable } from '@dnd-kit/dom'

// Dragging by keyboard. dnd-kit's own keyboard sensor moves a card by pixels, which finds no lane that is scrolled out of
// view and therefore not drawn; this one moves by lanes and places. Space on a card's handle picks up, arrows choose,
// Space drops, Escape cancels; Tab or a click elsewhere cancels too, so that no drag is left hanging.

export type Step = 'up' | 'down' | 'left' | 'right' | 'first' | 'last'

export interface KeyboardSensorOptions {
  readonly step?: (step: Step) => void
}

const STEPS: Readonly<Record<string, Step>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'first',
  End: 'last',
}

export class LaneKeyboardSensor extends Sensor<DragDropManager, KeyboardSensorOptions> {
  static override readonly configure = (options: KeyboardSensorOptions) => configure(LaneKeyboardSensor, options)

  #release: (() => void) | null = null
  /** What keys asked for before the board shows the drag, as from a quick hand; null: it shows it. */
  #early: (() => void)[] | null = []

  override bind(source: Draggable): () => void {
    const handle = source.handle
    if (!handle) return () => {}
    const pickUp = (event: Event) => {
      if (event instanceof KeyboardEvent && event.code === 'Space' && !event.repeat) this.#start(event, source)
    }
    handle.addEventListener('keydown', pickUp)
    return () => handle.removeEventListener('keydown', pickUp)
  }

  override destroy(): void {
    this.#release?.()
    super.destroy()
  }

  #start(event: KeyboardEvent, source: Draggable): void {
    if (source.disabled || !source.element || !this.manager.dragOperation.status.idle) return
    event.preventDefault()
    event.stopPropagation()
    const box = source.element.getBoundingClientRect()
    const coordinates = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    if (this.manager.actions.start({ event, source, coordinates }).signal.aborted) return
    const steer = (key: KeyboardEvent) => this.#steer(key)
    const cancel = (pointer: Event) => this.#stop(pointer, true)
    document.addEventListener('keydown', steer, { capture: true })
    document.addEventListener('pointerdown', cancel, { capture: true })
    this.#early = []
    // The drag begins some time after it is asked for, and the lanes it can go to are drawn in the frame after that.
    let frame = 0
    const unhear = this.manager.monitor.addEventListener('dragstart', () => {
      frame = requestAnimationFrame(() => this.#catchUp())
    })
    this.#release = () => {
      unhear()
      cancelAnimationFrame(frame)
      this.#early = []
      document.removeEventListener('keydown', steer, { capture: true })
      document.removeEventListener('pointerdown', cancel, { capture: true })
      this.#release = null
    }
  }

  #steer(event: KeyboardEvent): void {
    const step = STEPS[event.code]
    if (step) this.#inTurn(() => this.options?.step?.(step))
    else if (event.code === 'Space' || event.code === 'Enter') {
      // The key that picked the card up may still be held.
      if (!event.repeat) this.#inTurn(() => this.#stop(event, false))
    } else if (event.code === 'Escape' || event.code === 'Tab') this.#inTurn(() => this.#stop(event, true))
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #inTurn(act: () => void): void {
    if (this.#early === null) act()
    else this.#early.push(act)
  }

  #catchUp(): void {
    const early = this.#early ?? []
    this.#early = null
    // A drop ends it.
    for (const act of early) if (this.#release !== null) act()
  }

  #stop(event: Event, canceled: boolean): void {
    this.#release?.()
    this.manager.actions.stop({ event, canceled })
  }
}
