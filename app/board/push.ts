import type { PushChannel, Pushes } from '#shared/ipc/contract.ts'

/** Tells the window of a board; nothing happens once the window is gone. */
export type Push = <P extends PushChannel>(channel: P, payload: Pushes[P]) => void
