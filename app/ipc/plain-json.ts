/**
 * Why `value`, which a page sent, is not a plain JSON tree of at most `maxNodes` values; null if it is one. What crosses
 * Electron's IPC may hold cycles, maps, binary data and shared branches that unfold to more than memory holds: the
 * checks behind it may rely on having a tree.
 */
export function whyNotPlainJson(value: unknown, maxNodes: number): string | null {
  let nodes = 0
  // Depth first with a stack of our own: a deep value must not exhaust the call stack.
  const stack: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    nodes += 1
    if (nodes > maxNodes) return `more than ${maxNodes} values`
    if (top.depth > MAX_DEPTH) return `more than ${MAX_DEPTH} levels`
    const wrong = whyNotPlain(top.value)
    if (wrong !== null) return wrong
    if (typeof top.value !== 'object' || top.value === null) continue
    for (const child of Object.values(top.value)) stack.push({ value: child, depth: top.depth + 1 })
  }
  return null
}

const MAX_DEPTH = 100

function whyNotPlain(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return null
    case 'object': {
      if (value === null || Array.isArray(value)) return null
      const prototype: unknown = Object.getPrototypeOf(value)
      return prototype === Object.prototype || prototype === null ? null : 'an object of a class'
    }
    default:
      return `a value of type ${typeof value}`
  }
}
