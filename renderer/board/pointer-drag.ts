// A drag by mouse or finger: turns the pointer's place in the window into a place on the board, and scrolls the board
// while the pointer rests near its upper or lower edge. Sizes are read once, at the start: reading them with every move
// would make the browser lay the page out again for each.

const EDGE_PX = 64
const SCROLL_PX_PER_FRAME = 14

export interface Point {
  readonly x: number
  readonly y: number
}

export class PointerDrag {
  readonly #scroller: HTMLElement
  readonly #point: (at: Point | null) => void
  readonly #box: DOMRect
  #scrollTop: number
  #pointer: Point
  #frame: number | null = null

  /** `point` is told where on the board the pointer is; null: beside it. */
  constructor(scroller: HTMLElement, pointer: Point, point: (at: Point | null) => void) {
    this.#scroller = scroller
    this.#point = point
    this.#box = scroller.getBoundingClientRect()
    this.#scrollTop = scroller.scrollTop
    this.#pointer = pointer
    scroller.addEventListener('scroll', this.#noteScroll, { passive: true })
  }

  moveTo(pointer: Point): void {
    this.#pointer = pointer
    this.#aim()
    if (this.#frame === null && this.#scrollStep() !== 0) this.#frame = requestAnimationFrame(this.#scrollOn)
  }

  end(): void {
    this.#scroller.removeEventListener('scroll', this.#noteScroll)
    if (this.#frame !== null) cancelAnimationFrame(this.#frame)
  }

  #aim(): void {
    const { x, y } = this.#pointer
    const { left, top, right, bottom } = this.#box
    const isInside = x >= left && x <= right && y >= top && y <= bottom
    this.#point(isInside ? { x: x - left, y: y - top + this.#scrollTop } : null)
  }

  readonly #noteScroll = () => {
    this.#scrollTop = this.#scroller.scrollTop
    this.#aim()
  }

  /** Faster the nearer to the edge. */
  #scrollStep(): number {
    const { x, y } = this.#pointer
    const { left, right, top, bottom } = this.#box
    if (x < left || x > right) return 0
    const above = Math.min(1, Math.max(0, (top + EDGE_PX - y) / EDGE_PX))
    const below = Math.min(1, Math.max(0, (y - bottom + EDGE_PX) / EDGE_PX))
    return (below - above) * SCROLL_PX_PER_FRAME
  }

  readonly #scrollOn = () => {
    this.#frame = null
    const step = this.#scrollStep()
    if (step === 0) return
    this.#scroller.scrollTop += step
    this.#frame = requestAnimationFrame(this.#scrollOn)
  }
}
