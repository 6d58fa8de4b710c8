import type { Channel, Outcome, PushChannel, Pushes, Replies, RequestOf, WeirBridge } from '#shared/ipc/contract.ts'
import { notify } from '../store/ui.ts'

// The one door to the main process: `window.weir`, put there by the preload.

declare global {
  interface Window {
    readonly weir: WeirBridge
  }
}

export function invoke<C extends Channel>(channel: C, payload: RequestOf<C>): Promise<Replies[C]> {
  return window.weir.invoke(channel, payload)
}

export function listen<P extends PushChannel>(channel: P, listener: (payload: Pushes[P]) => void): () => void {
  return window.weir.on(channel, (json) => listener(JSON.parse(json) as Pushes[P])) // the main process's own, by contract
}

/** A workspace file that was dropped: its path stays in the preload. */
export function openDropped(file: File): Promise<Outcome> {
  return window.weir.openDropped(file)
}

/** For calls nobody waits for: a refusal or a break becomes a toast. */
export function tell(call: Promise<Outcome>): void {
  call.then(
    (outcome) => {
      if (!outcome.ok && outcome.message !== '') notify('warn', outcome.message, outcome.issues[0]?.message ?? '')
    },
    (error: unknown) => notify('danger', error instanceof Error ? error.message : String(error)),
  )
}
