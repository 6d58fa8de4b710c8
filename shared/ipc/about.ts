/** What a window says of the app itself. */
export interface About {
  readonly version: string
  readonly electron: string
  readonly chrome: string
  readonly node: string
  readonly platform: string
  /** One line when the development runtime runs; null on the official one. */
  readonly runtimeNote: string | null
  /** True under automated tests and screenshots: no surprises such as crash recovery prompts. */
  readonly automated: boolean
}
