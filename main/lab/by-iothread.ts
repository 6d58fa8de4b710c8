/** What is served by iothreads, each iothread's together and in the order given. */
export function byIothread<T extends { readonly iothread: number }>(
  served: readonly T[],
): readonly (readonly [number, readonly T[]])[] {
  const lists = new Map<number, T[]>()
  for (const each of served) {
    const list = lists.get(each.iothread)
    if (list === undefined) lists.set(each.iothread, [each])
    else list.push(each)
  }
  return [...lists]
}
