type Listener = (json: string, isMore: boolean) => void

/** Gives each part of a push to the listeners of its channel: to those that were there when its first part came. */
export function hearParts(
  listenersOf: (channel: string) => Iterable<Listener>,
): (channel: string, json: string, isMore: boolean) => void {
  let hearing: readonly Listener[] | null = null
  return (channel, json, isMore) => {
    hearing ??= [...listenersOf(channel)]
    const now = hearing
    if (!isMore) hearing = null
    for (const listener of now) listener(json, isMore)
  }
}
