import { freeName } from '#shared/workspace/edits.ts'

// QEMU takes nearly any text as a name of a group: the empty one, a path, control characters. A workspace does not.

const MAX_NAME_CHARS = 128

/** QEMU's name → a name that a workspace can hold, one to one. Good names stay as they are. */
export function weirNames(qemuNames: readonly string[]): ReadonlyMap<string, string> {
  const good = qemuNames.filter((name) => presentable(name) === name)
  const names = new Map(good.map((name) => [name, name]))
  const taken = new Set(good)
  for (const name of qemuNames) {
    if (names.has(name)) continue
    const free = freeName(taken, presentable(name))
    names.set(name, free)
    taken.add(free)
  }
  return names
}

function presentable(name: string): string {
  if (name === '') return '(no name)'
  if (name === '__proto__') return '(__proto__)'
  const visible = name.replace(/\p{Cc}/gu, '·')
  return visible.length <= MAX_NAME_CHARS ? visible : `${visible.slice(0, MAX_NAME_CHARS - 10)}…`
}
