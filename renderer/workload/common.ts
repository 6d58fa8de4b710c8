/** The value all of `things` share; null: they differ, which controls show as "mixed". By value, for small plain data. */
export function common<T, V>(things: readonly T[], value: (thing: T) => V): V | null {
  const [first, ...rest] = things
  if (first === undefined) return null
  const own = value(first)
  const text = JSON.stringify(own)
  return rest.every((thing) => JSON.stringify(value(thing)) === text) ? own : null
}
