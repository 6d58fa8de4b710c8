/** Throws if `condition` does not hold. `fact` states what must be true. For wrong code only, never for wrong input. */
export function assert(condition: boolean, fact: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${fact}`)
}

/** Closes a switch over a union: a new member without a case stops compiling. */
export function assertNever(value: never): never {
  throw new Error(`Broken invariant: unexpected ${JSON.stringify(value)}`)
}
