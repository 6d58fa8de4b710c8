import type { Begun, PutBack } from '#main/live/lift/lift-work.ts'
import { restoreCommand } from '#main/live/lift/restore-command.ts'
import type { Terminal } from './terminal.ts'

/** What was lifted, and what was not. */
export function reportBegun({ lifted, emptied, left }: Begun, { print, complain, paint }: Terminal): void {
  for (const line of lifted) print(`lifted  ${line}`)
  for (const sentence of left) complain(paint.warn(sentence))
  if (emptied.length > 0) print(paint.dim(emptiedWords(emptied)))
}

/** How it ended; how to go on where it has not. */
export function reportPutBack(done: PutBack, where: string, { print, complain, paint }: Terminal): void {
  for (const line of done.restored) print(paint.good(`put back  ${line}`))
  for (const name of done.back) print(`as before  ${name}`)
  if (done.emptied.length > 0) print(paint.dim(emptiedWords(done.emptied)))
  for (const sentence of done.kept) complain(paint.warn(`kept  ${sentence}`))
  for (const sentence of done.failed) complain(paint.bad(`not put back  ${sentence}`))
  if (done.failed.length > 0) complain(`Try again: ${restoreCommand(where)}`)
}

function emptiedWords(groups: readonly string[]): string {
  const [one] = groups
  return groups.length === 1
    ? `The buckets of ${one} were emptied: it may burst again.`
    : `The buckets of ${groups.join(', ')} were emptied: they may burst again.`
}
