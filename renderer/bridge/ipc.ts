import type { Channel, Outcome, PushChannel, Pushes, Replies, RequestOf, WeirBridge } from '#shared/ipc/contract.ts'
import { joinParts } from '#shared/ipc/join-parts.ts'
import { formatIssue, type Issue } from '#shared/issue.ts'
import { type NoticeTopic, notify, settle } from '../store/ui.ts'

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
  return window.weir.on(
    channel,
    joinParts((payload) => listener(payload as Pushes[P])), // the main process's own, by contract
  )
}

/** A file that was dropped: its path stays in the preload. */
export function openDropped(file: File, as: 'document' | 'recording'): Promise<Outcome> {
  return window.weir.openDropped(file, as)
}

/** For calls nobody waits for: a refusal or a break becomes a toast, which the next success about the same thing takes away. */
export function reportFailure(call: Promise<Outcome>, topic: NoticeTopic | null = null): void {
  call.then(
    (outcome) => report(outcome, topic),
    (error: unknown) => notify('danger', error instanceof Error ? error.message : String(error), '', topic),
  )
}

/** A refusal as a toast with the place of its first issue, as the command line says it; a success settles the topic. */
export function report(outcome: Outcome, topic: NoticeTopic | null): void {
  if (outcome.ok) settle(topic)
  else if (outcome.message !== '') notify('warn', outcome.message, issuesLine(outcome.issues), topic)
}

/** `groups.gold.iops-total: … (and 2 more)` */
export function issuesLine(issues: readonly Issue[]): string {
  const [first, ...others] = issues
  if (first === undefined) return ''
  return others.length === 0 ? formatIssue(first) : `${formatIssue(first)} (and ${others.length} more)`
}
