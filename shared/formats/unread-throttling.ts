import { type Draft, notUnderstood } from './draft.ts'

// Whatever a reader does not understand and that looks like throttling is a loss: a limit that is passed over in silence
// would seem to hold.

const THROTTLING =
  /throttl|iotune|rate[-_]limit|limits\.(?:read|write|max)|(?:bw|ops)_(?:size|refill|one)|per[-_]sec|io\.max|(?:bytes|iops)[-_]sec|io(?:read|write)(?:bandwidth|iops)|(?:^|[^a-z])(?:[mkgrw]?bps|[rw]?iops)(?![a-z])/i

export function looksLikeThrottling(text: string): boolean {
  return THROTTLING.test(text)
}

/** Reports `text` of which a reader makes nothing, if it looks like throttling. True: it did. */
export function reportThrottling(draft: Draft, path: string, text: string): boolean {
  if (!looksLikeThrottling(text)) return false
  notUnderstood(draft, path, `${JSON.stringify(text.trim().slice(0, 80))} looks like throttling and is not understood`)
  return true
}
