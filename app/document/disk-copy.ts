import { readText } from '#main/workspace/read-text.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'

/** What stands in a file before it is replaced. */
export type DiskCopy =
  /** There is no file. */
  | { readonly kind: 'none' }
  /** The text is the one that was read or saved last. */
  | { readonly kind: 'known' }
  /** Somebody else wrote it. */
  | { readonly kind: 'changed' }
  /** A newer Weir wrote it: it holds what this one would lose. */
  | { readonly kind: 'newer'; readonly reason: string }
  /** Nobody can tell what is in it, so nothing may be written over it. */
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Compares `file` with `known`, the text that was read from it or saved to it last; null: it was not ours so far. */
export async function lookAtDisk(file: string, known: string | null): Promise<DiskCopy> {
  const text = await readText(file)
  if (!text.ok) {
    const issue = text.issues[0]
    return issue?.code === 'file-missing' ? { kind: 'none' } : { kind: 'unreadable', reason: issue?.message ?? file }
  }
  if (text.value === known) return { kind: 'known' }
  const parsed = parseWorkspaceText(text.value)
  const newer = parsed.ok ? undefined : parsed.issues.find((issue) => issue.code === 'newer-format')
  return newer ? { kind: 'newer', reason: newer.message } : { kind: 'changed' }
}

/** Why nothing is written over what stands in `file`, and what to do instead. */
export function notOver(file: string, copy: DiskCopy & { readonly kind: 'newer' | 'unreadable' }): string {
  // What cannot be read names its file itself.
  if (copy.kind === 'unreadable') return `${copy.reason}. It was not overwritten; save under another name.`
  return `${file} was not overwritten: ${copy.reason}. Save under another name.`
}
