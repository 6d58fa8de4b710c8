/** A page that takes longer, or that nobody sees and that draws nothing, holds up no lab. */
const PATIENCE_MS = 5000

/** When the window has drawn its first document. */
export class FirstPicture {
  readonly drawn: Promise<void>
  #resolve: () => void = () => {}

  constructor() {
    this.drawn = new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS)
      this.#resolve = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  readonly isDrawn = () => this.#resolve()
}
