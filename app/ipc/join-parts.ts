/**
 * Takes what the main process pushes, which may come in parts (`isMore`: the rest follows, before anything else), and
 * gives it on whole.
 */
export function joinParts(
  take: (channel: string, text: string) => void,
): (channel: string, text: string, isMore: boolean) => void {
  let parts: string[] = []
  return (channel, text, isMore) => {
    parts.push(text)
    if (isMore) return
    const whole = parts.join('')
    parts = []
    take(channel, whole)
  }
}
