/** What of a push that comes in parts is spread over them. */
interface Parted {
  readonly devices: object
}

/**
 * Takes the JSON text of a push, which may come in parts (`isMore`: the rest follows, before anything else), and gives its value
 * on whole. The first part is the value without its devices, each other one some of these; each is parsed as it comes, so that
 * whatever else waits has its turn in between.
 */
export function joinParts(take: (value: unknown) => void): (json: string, isMore: boolean) => void {
  let first: unknown = null
  let others: object[] | null = null
  return (json, isMore) => {
    const value: unknown = JSON.parse(json)
    if (others === null) first = value
    else others.push(value as object) // so it is written (app/board/paced-push.ts)
    if (isMore) {
      others ??= []
      return
    }
    const whole = others === null ? first : { ...(first as Parted), devices: together(others) }
    others = null
    take(whole)
  }
}

/** By own keys only, whatever they are called. */
function together(parts: readonly object[]): object {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)))
}
