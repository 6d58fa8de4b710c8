import fs from 'node:fs/promises'
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

/** Compares `file` with `known`, the text that was read from it or saved to it last; null: it was not ours so far. */
export async function lookAtDisk(file: string, known: string | null): Promise<DiskCopy> {
  let text: string
  try {
    text = await fs.readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'none' }
    return { kind: 'changed' }
  }
  if (text === known) return { kind: 'known' }
  const parsed = parseWorkspaceText(text)
  const newer = parsed.ok ? undefined : parsed.issues.find((issue) => issue.code === 'newer-format')
  return newer ? { kind: 'newer', reason: newer.message } : { kind: 'changed' }
}
